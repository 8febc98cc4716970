import { LosslessNumber } from "lossless-json";
import { chargeKey, type Charge } from "#/price/charge.ts";
import { divide, type Decimal } from "#/price/decimal.ts";
import { conditionOf, readVariant, tierOf, withoutCondition } from "#/price/variant.ts";
import type { ExportedOffer } from "#/sources/exported-offer.ts";
import { deriveVariants, factorField, readRegionKey, type Multiplier } from "#/sources/litellm-variants.ts";

type Sheets = ReadonlyMap<string, readonly Charge[]>;

/** One entry as it is written: what it states by variant, and how many charges of each have no field. */
export type WrittenEntry = Readonly<{
  entry: Record<string, unknown>;
  seller: string;
  sheets: Map<string, readonly Charge[]>;
  omitted: Map<string, number>;
}>;

/**
 * Writes the factors that give an entry's variants under conditions, and answers how many charges are left out. A factor is
 * written only when everything that is read from it is in force at exactly that price.
 */
export function writeFactors(
  written: WrittenEntry | undefined,
  name: string,
  offers: readonly ExportedOffer[],
): number {
  const asked = offers.map(({ variant, charges }) => ({ variant: variantWithin(name, variant), charges }));
  const inForce = new Map(asked.flatMap(({ variant, charges }) => (variant === undefined ? [] : [[variant, charges]])));
  const said = written === undefined ? [] : writeTrueFactors(written, inForce);
  return asked.reduce((sum, { variant, charges }) => {
    const isSaid = variant !== undefined && said.includes(variant);
    return sum + (isSaid ? (written?.omitted.get(tierOf(variant)) ?? 0) : charges.length);
  }, 0);
}

/** A variant as the entry itself knows it; `undefined` when the entry's key names another region. */
function variantWithin(name: string, variant: string): string | undefined {
  const region = readRegionKey(name)?.region;
  if (region === undefined) return variant;
  return conditionOf(variant, "region") === region ? withoutCondition(variant, "region") : undefined;
}

/** Writes the factors that hold, and answers the variants that are read from them. */
function writeTrueFactors(written: WrittenEntry, inForce: Sheets): readonly string[] {
  const factors = keepTrueFactors(written.sheets, findFactors(written, inForce), inForce);
  const specific: Record<string, unknown> = {};
  for (const { field, factor } of factors) {
    const [block = "", key] = field.split(".");
    if (key !== undefined) specific[key] = new LosslessNumber(factor);
    written.entry[block] = key === undefined ? new LosslessNumber(factor) : specific;
  }
  return deriveVariants(written.sheets, factors).map(({ variant }) => variant);
}

/** Each single condition whose token prices are one multiple of the default's, with the field that LiteLLM reads it from. */
function findFactors({ seller, sheets }: WrittenEntry, inForce: Sheets): Multiplier[] {
  const base = sheets.get("default") ?? [];
  return [...inForce].flatMap(([variant, charges]): Multiplier[] => {
    const [[key, value] = ["", ""], ...others] = readVariant(variant)?.conditions ?? [];
    if (others.length > 0 || tierOf(variant) !== "default" || (key !== "region" && key !== "speed")) return [];
    const factor = factorBetween(base, charges);
    const field = factorField(seller, key, value);
    return factor === undefined || field === undefined ? [] : [{ field, key, value, factor }];
  });
}

/** Leaves out the factors from which something would be read that is not in force at that price. */
function keepTrueFactors(sheets: Sheets, factors: readonly Multiplier[], inForce: Sheets): readonly Multiplier[] {
  const wrong = deriveVariants(sheets, factors).filter(
    ({ variant, charges }) => !isSameSheet(charges, inForce.get(variant) ?? []),
  );
  const kept = factors.filter(({ key, value }) => !wrong.some(({ variant }) => conditionOf(variant, key) === value));
  return kept.length === factors.length ? kept : keepTrueFactors(sheets, kept, inForce);
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
