import { chargeKey, type Charge } from "#/price/charge.ts";
import { divide, type Decimal } from "#/price/decimal.ts";
import { conditionOf, readVariant, tierOf } from "#/price/variant.ts";
import type { EntryPrice } from "#/sources/documents/document.ts";
import { deriveVariants, factorField, type Multiplier } from "#/sources/litellm-variants.ts";

type Sheets = ReadonlyMap<string, readonly Charge[]>;

/**
 * An entry's factors, and what is to be read from them: `sheets` are its variants with fields of their own, as they are written,
 * `prices` its variants under conditions, and `left` how many charges of each sheet have no field.
 */
export type FactoredEntry = Readonly<{
  seller: string;
  sheets: Sheets;
  prices: ReadonlyMap<string, EntryPrice>;
  left: ReadonlyMap<string, number>;
  original: readonly Multiplier[];
}>;

type Candidate = Multiplier & Readonly<{ isOriginal: boolean }>;

/**
 * The factors that hold, and how many charges no factor says. A factor is written only when everything that is read from it is in
 * force at exactly that price; one of the original stays as well where nobody has a rate for what is read from it.
 */
export function chooseFactors(entry: FactoredEntry): Readonly<{ factors: readonly Multiplier[]; omitted: number }> {
  const factors = keepTrueFactors(entry, findCandidates(entry));
  const said = new Set(deriveVariants(entry.sheets, factors).map(({ variant }) => variant));
  let omitted = 0;
  for (const [variant, price] of entry.prices)
    if (typeof price !== "string")
      omitted += said.has(variant) ? (entry.left.get(tierOf(variant)) ?? 0) : price.charges.length;
  return { factors, omitted };
}

/** The original's factors, those of them that others take the place of, and new ones. */
function findCandidates(entry: FactoredEntry): Candidate[] {
  const found = [...entry.prices].flatMap(([variant, price]) =>
    typeof price === "string" ? [] : findFactor(entry, variant, price.charges),
  );
  const isSameCondition = (a: Multiplier, b: Multiplier) => a.key === b.key && a.value === b.value;
  const original = entry.original.map((factor): Candidate => {
    const other = found.find((one) => isSameCondition(one, factor));
    const stays = other === undefined || isTrue(entry, [{ ...factor, isOriginal: true }]);
    return { ...factor, ...(stays ? {} : { factor: other.factor }), isOriginal: true };
  });
  const fresh = found.filter((one) => !entry.original.some((factor) => isSameCondition(one, factor)));
  return [...original, ...fresh.map((one) => ({ ...one, isOriginal: false }))];
}

/** The factor of a single condition whose token prices are one multiple of the default's, with the field that it is read from. */
function findFactor({ seller, sheets }: FactoredEntry, variant: string, charges: readonly Charge[]): Multiplier[] {
  const [[key, value] = ["", ""], ...others] = readVariant(variant)?.conditions ?? [];
  if (others.length > 0 || tierOf(variant) !== "default" || (key !== "region" && key !== "speed")) return [];
  const factor = factorBetween(sheets.get("default") ?? [], charges);
  const field = factorField(seller, key, value);
  return factor === undefined || field === undefined ? [] : [{ field, key, value, factor }];
}

/** Leaves out the factors from which something would be read that is not in force at that price. */
function keepTrueFactors(entry: FactoredEntry, factors: readonly Candidate[]): readonly Candidate[] {
  const wrong = wrongVariants(entry, factors);
  const kept = factors.filter(({ key, value }) => !wrong.some((variant) => conditionOf(variant, key) === value));
  return kept.length === factors.length ? kept : keepTrueFactors(entry, kept);
}

function isTrue(entry: FactoredEntry, factors: readonly Candidate[]): boolean {
  return wrongVariants(entry, factors).length === 0;
}

/** What would be read from factors and is not in force at that price. */
function wrongVariants({ sheets, prices }: FactoredEntry, factors: readonly Candidate[]): string[] {
  const isNew = (variant: string) =>
    factors.some(({ key, value, isOriginal }) => !isOriginal && conditionOf(variant, key) === value);
  const wrong = deriveVariants(sheets, factors).filter(({ variant, charges }) => {
    const price = prices.get(variant) ?? "keep";
    if (price === "keep") return isNew(variant);
    return price === "withhold" || !isSameSheet(charges, price.charges);
  });
  return wrong.map(({ variant }) => variant);
}

function isSameSheet(a: readonly Charge[], b: readonly Charge[]): boolean {
  const amounts = amountsOf(b);
  return a.length === b.length && a.every((charge) => amounts.get(chargeKey(charge)) === charge.amount);
}

/** The one factor between the token prices of two sheets; `undefined` when there is no token price to tell it by. */
function factorBetween(base: readonly Charge[], charges: readonly Charge[]): Decimal | undefined {
  const amounts = amountsOf(base);
  const paid = charges.find(({ unit, amount }) => unit === "token" && amount !== "0");
  const own = paid === undefined ? undefined : amounts.get(chargeKey(paid));
  return paid === undefined || own === undefined || own === "0" ? undefined : divide(paid.amount, own, 12);
}

function amountsOf(charges: readonly Charge[]): ReadonlyMap<string, Decimal> {
  return new Map(charges.map((charge) => [chargeKey(charge), charge.amount]));
}
