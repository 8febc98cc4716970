import type { Node } from "jsonc-parser";
import { chargeKey, type Charge } from "#/price/charge.ts";
import type { Decimal } from "#/price/decimal.ts";
import type { UnitDeclaration } from "#/sources/adapter.ts";
import { nodesByPath } from "#/sources/documents/json-text.ts";
import type { EntryDraft } from "#/sources/entry-draft.ts";
import { isAbsent } from "#/sources/payload-shape.ts";
import { readAmount } from "#/sources/read-amount.ts";

type Line = Omit<Charge, "amount">;

/** One number of an entry that the adapter reads as the amount of some lines of one variant. */
export type PriceField = Readonly<{
  path: string;
  node: Node;
  variant: string;
  lines: readonly Line[];
  scale: Pick<UnitDeclaration, "usdPer" | "usdExponent">;
  /** What it says, in USD per one unit; absent when it can't be read. */
  amount: Decimal | undefined;
  /** Another field of the entry says the same, and readers go by that one. */
  isCopy: boolean;
}>;

/** `broken` are the paths of prices that have not the shape they should have. */
export type PriceFields = Readonly<{ fields: readonly PriceField[]; broken: readonly string[] }>;

/**
 * Lets an adapter read the prices below a node, and keeps where each of them stands. `path` is what the adapter calls the node;
 * `readCopies` reads what the adapter passes over because another field of the entry has overtaken it.
 */
export function findPriceFields(
  node: Node,
  path: string,
  read: (draft: EntryDraft) => void,
  readCopies: (draft: EntryDraft) => void = () => undefined,
): PriceFields {
  const nodes = nodesByPath(node, path);
  const fields = new Map<string, PriceField>();
  const broken: string[] = [];
  const draftOf = (isCopy: boolean): EntryDraft => ({
    charge(at, value, { meter, unit, tier, window, ...scale }, variant = "default") {
      const found = nodes.get(at);
      if (isAbsent(value) || found === undefined) return;
      const reading = readAmount(value, scale);
      const line = { meter, unit, ...(tier ? { tier } : {}), ...(window ? { window } : {}) };
      const amount = reading.ok ? reading.amount : undefined;
      const lines = [...(fields.get(at)?.lines ?? []), line];
      fields.set(at, { path: at, node: found, variant, lines, scale, amount, isCopy });
    },
    fail: (at) => broken.push(at),
    refuse: () => undefined,
    ignore: () => undefined,
    finish: () => ({ variants: new Map(), faults: {} }),
  });
  read(draftOf(false));
  readCopies(draftOf(true));
  return { fields: [...fields.values()], broken };
}

/** The charges that fields say, by variant. */
export function chargesOf(fields: readonly PriceField[]): ReadonlyMap<string, readonly Charge[]> {
  const charges = new Map<string, Map<string, Charge>>();
  for (const { variant, lines, amount, isCopy } of fields) {
    const ofVariant = charges.get(variant) ?? new Map<string, Charge>();
    charges.set(variant, ofVariant);
    if (amount === undefined || isCopy) continue;
    for (const line of lines) ofVariant.set(chargeKey(line), { ...line, amount });
  }
  return new Map([...charges].map(([variant, byKey]) => [variant, [...byKey.values()]]));
}
