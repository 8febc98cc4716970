import { chargeKey, type Charge } from "#/price/charge.ts";
import type { Ask } from "#/price/offer.ts";
import { scaleAmount, type Scaled } from "#/price/scaled-amount.ts";

/** A charge with what the guard asks of it again and again. */
export type Line = Readonly<{ key: string; charge: Charge; amount: Scaled }>;

/** The lines of a sheet, in its order, without those that cost nothing: 0 is no evidence of a price. */
export type Lines = readonly Line[];

export function linesOf({ charges }: Ask): Lines {
  const paid = onlyThose(charges, ({ amount }) => amount !== "0");
  return paid.map((charge) => ({ key: chargeKey(charge), charge, amount: scaleAmount(charge.amount) }));
}

/** Those of a list that pass a test: the list itself when all do, which is usual and costs no memory. */
export function onlyThose<T>(list: readonly T[], passes: (one: T) => boolean): readonly T[] {
  return list.every(passes) ? list : list.filter(passes);
}

/** The amount of a line by its key. A walk: sheets have few lines. */
export function amountOf(lines: Lines, key: string): Scaled | undefined {
  for (const line of lines) if (line.key === key) return line.amount;
  return undefined;
}
