import { displayCharge, type Charge } from "#/price/charge.ts";
import { isNegative, hasTooManyPlaces, parseDecimal, shiftPoint, type Decimal } from "#/price/decimal.ts";
import type { Meter } from "#/terms/meter.ts";

/** What one line of the form starts from. */
export type PinLine = Readonly<{ charge: Charge; per: string; text: string }>;

/** The lines of an offer as people type them: USD per 1M tokens, or per one of the unit. */
export function pinLines(charges: readonly Charge[]): PinLine[] {
  return charges.map((charge) => {
    const { amount, per } = displayCharge(charge);
    return { charge, per, text: amount };
  });
}

/** A typed amount as USD per ONE unit, exact; `undefined` when it is no price. */
export function readTyped(text: string, per: string): Decimal | undefined {
  const amount = parseDecimal(text.replace(/^\$/, ""));
  if (amount === undefined || isNegative(amount)) return undefined;
  const perUnit = per.startsWith("1M ") ? shiftPoint(amount, -6) : amount;
  return hasTooManyPlaces(perUnit) ? undefined : perUnit;
}

/** The charges to pin: of one meter, or of all. `undefined` while a typed amount is no price. */
export function readPin(
  lines: readonly PinLine[],
  typed: Readonly<Record<number, string>>,
  meter: Meter | undefined,
): Charge[] | undefined {
  const charges: Charge[] = [];
  for (const [index, { charge, per, text }] of lines.entries()) {
    if (meter !== undefined && charge.meter !== meter) continue;
    const amount = readTyped(typed[index] ?? text, per);
    if (amount === undefined) return undefined;
    charges.push({ ...charge, amount });
  }
  return charges.length === 0 ? undefined : charges;
}
