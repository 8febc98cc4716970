import type { Node } from "jsonc-parser";
import { chargeKey, type Charge } from "#/price/charge.ts";
import { shiftPoint, type Decimal } from "#/price/decimal.ts";
import type { EntryPrice } from "#/sources/documents/document.ts";
import {
  endOf,
  layoutOf,
  membersOf,
  spliceText,
  writeValue,
  type Member,
  type ObjectEdits,
} from "#/sources/documents/json-text.ts";
import { chargesOf, type PriceField, type PriceFields } from "#/sources/documents/price-fields.ts";

type Sheets = ReadonlyMap<string, readonly Charge[]>;

/** Charges in a format's own fields, and how many of each variant it has no field for. */
export type WrittenFields = Readonly<{ fields: ReadonlyMap<string, unknown>; left: ReadonlyMap<string, number> }>;

/** An object of an entry that holds prices, what its fields say, and what they are to say. */
export type PriceObject = Readonly<{
  text: string;
  node: Node;
  /** What the object itself is called in the fields' paths; "" when their paths begin at its members. */
  path: string;
  found: PriceFields;
  prices: ReadonlyMap<string, EntryPrice>;
  /** Whether an amount is written as text. */
  isText: boolean;
  write: (sheets: Sheets) => WrittenFields;
}>;

export type FieldPlan = Readonly<{ edits: ObjectEdits; left: ReadonlyMap<string, number> }>;

type Fate = "same" | "gone" | Readonly<{ amount: Decimal }>;

/**
 * How the price fields of an object come to say what they are to say. A field that says it already keeps its bytes, one with another
 * amount gets that amount in its place, and one without a charge in force goes. What no field says is written anew; a list or an
 * object of prices that this would change in its structure is written anew as a whole.
 */
export function planFields(object: PriceObject): FieldPlan {
  const members = membersOf(object.node);
  const holders = new Map(
    members.map((member) => [member.name, object.found.fields.filter(({ path }) => isWithin(object, member, path))]),
  );
  const rewritten = new Set(brokenMembers(object, members));
  const inPlace = new Set<string>();
  for (const [name, fields] of holders) {
    const fates = fields.map((field) => fateOf(field, object.prices));
    if (fates.includes("gone")) rewritten.add(name);
    else if (fields.length > 0) inPlace.add(name);
  }
  for (;;) {
    const stays = object.found.fields.filter((field) => !isRewritten(field, holders, rewritten));
    const goes = object.found.fields.filter((field) => isRewritten(field, holders, rewritten));
    const written = object.write(linesToWrite(object.prices, stays, goes));
    const clashes = [...written.fields.keys()].filter((name) => inPlace.has(name) && !rewritten.has(name));
    if (clashes.length === 0) return toPlan(object, members, holders, rewritten, written);
    for (const name of clashes) rewritten.add(name);
  }
}

function isWithin({ path: own }: PriceObject, { name }: Member, path: string): boolean {
  const start = own === "" ? name : `${own}.${name}`;
  return path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`);
}

/** Members whose prices have no readable shape: they go when the entry has a price that is known, or none that may be said. */
function brokenMembers(object: PriceObject, members: readonly Member[]): string[] {
  const hasWord = [...object.prices.values()].some((price) => price !== "keep");
  if (!hasWord) return [];
  return members
    .filter((member) => object.found.broken.some((path) => isWithin(object, member, path)))
    .map(({ name }) => name);
}

function fateOf({ variant, lines, amount }: PriceField, prices: ReadonlyMap<string, EntryPrice>): Fate {
  const price = prices.get(variant) ?? "keep";
  if (price === "keep") return "same";
  if (price === "withhold") return "gone";
  const amounts = new Set(lines.map((line) => findAmount(price.charges, chargeKey(line))));
  const [wanted] = amounts;
  if (wanted === undefined || amounts.size > 1) return "gone";
  return wanted === amount ? "same" : { amount: wanted };
}

function findAmount(charges: readonly Charge[], key: string): Decimal | undefined {
  return charges.find((charge) => chargeKey(charge) === key)?.amount;
}

function isRewritten(
  field: PriceField,
  holders: ReadonlyMap<string, readonly PriceField[]>,
  rewritten: ReadonlySet<string>,
): boolean {
  return [...rewritten].some((name) => holders.get(name)?.includes(field));
}

/** What no field in its place says: of a variant that keeps its word, only what stands in a part that is written anew. */
function linesToWrite(
  prices: ReadonlyMap<string, EntryPrice>,
  stays: readonly PriceField[],
  goes: readonly PriceField[],
): Sheets {
  const keyOf = (variant: string, line: Omit<Charge, "amount">) => `${variant}\u0000${chargeKey(line)}`;
  const said = new Set(
    stays.flatMap(({ variant, lines, isCopy }) => (isCopy ? [] : lines.map((line) => keyOf(variant, line)))),
  );
  const sheets = new Map(
    [...chargesOf(goes)].map(([variant, charges]) => [
      variant,
      (prices.get(variant) ?? "keep") === "keep" ? charges : [],
    ]),
  );
  for (const [variant, price] of prices)
    if (typeof price !== "string")
      sheets.set(
        variant,
        price.charges.filter((line) => !said.has(keyOf(variant, line))),
      );
  return sheets;
}

function toPlan(
  object: PriceObject,
  members: readonly Member[],
  holders: ReadonlyMap<string, readonly PriceField[]>,
  rewritten: ReadonlySet<string>,
  { fields, left }: WrittenFields,
): FieldPlan {
  const set = new Map<string, string | undefined>();
  for (const member of members) {
    const held = holders.get(member.name) ?? [];
    if (rewritten.has(member.name)) set.set(member.name, undefined);
    else if (held.length > 0) set.set(member.name, writeInPlace(object, member, held));
  }
  const insert = new Map(fields);
  const layout = layoutOf(object.text, object.node);
  for (const { name } of members) {
    if (!fields.has(name)) continue;
    set.set(name, writeValue(fields.get(name), layout));
    insert.delete(name);
  }
  const behind = new Set([...holders].flatMap(([name, held]) => (held.length > 0 ? [name] : [])));
  return { edits: { set, insert, behind }, left };
}

/** A member's value with the amounts that are others now. */
function writeInPlace(object: PriceObject, { value }: Member, fields: readonly PriceField[]): string {
  const splices = fields.flatMap((field) => {
    const fate = fateOf(field, object.prices);
    if (typeof fate === "string") return [];
    const isText = field.amount === undefined ? object.isText : field.node.type === "string";
    const digits = shiftPoint(fate.amount, -PLACES[field.scale.usdPer]);
    return [
      {
        start: field.node.offset - value.offset,
        end: endOf(field.node) - value.offset,
        text: isText ? JSON.stringify(digits) : digits,
      },
    ];
  });
  return spliceText(object.text.slice(value.offset, endOf(value)), splices);
}

const PLACES = { 1: 0, 1000: -3, 1_000_000: -6 } as const;
