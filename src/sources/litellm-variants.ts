import type { Charge } from "#/price/charge.ts";
import {
  compareDecimals,
  decimal,
  hasTooManyPlaces,
  isNegative,
  multiply,
  parseDecimal,
  type Decimal,
} from "#/price/decimal.ts";
import { withCondition } from "#/price/variant.ts";
import { hasPaidCharge, type EntryDraft } from "#/sources/entry-draft.ts";
import { isAbsent, isObject, showValue } from "#/sources/payload-shape.ts";

/** A factor that an entry states beside its prices: under the condition all its token prices are so many times as high. */
export type Multiplier = Readonly<{ field: string; key: "region" | "speed"; value: string; factor: Decimal }>;

const UPLIFT = /^regional_processing_uplift_multiplier_([a-z]{2})$/;
const SPECIFIC = "provider_specific_entry";
/** What a key of `provider_specific_entry` is a condition of: Anthropic's inference geography, or its fast mode. */
const SPECIFIC_KEYS: ReadonlyMap<string, "region" | "speed"> = new Map([
  ["us", "region"],
  ["eu", "region"],
  ["fast", "speed"],
]);

/** Reads a field that multiplies prices; `undefined` for a field that is none. A factor that can't be read is a bad field. */
export function readMultipliers(draft: EntryDraft, name: string, value: unknown): Multiplier[] | undefined {
  const [, region] = UPLIFT.exec(name) ?? [];
  if (region !== undefined) return isAbsent(value) ? [] : readFactor(draft, name, value, "region", region);
  if (name !== SPECIFIC || !isObject(value)) return undefined;
  return Object.entries(value).flatMap(([key, factor]) => {
    const of = SPECIFIC_KEYS.get(key);
    if (of !== undefined && isAbsent(factor)) return [];
    if (of !== undefined) return readFactor(draft, `${SPECIFIC}.${key}`, factor, of, key);
    if (parseDecimal(showValue(factor)) !== undefined) draft.ignore(`${SPECIFIC}.${key}`, factor);
    return [];
  });
}

/**
 * The field that a factor is written to. LiteLLM's cost calculation for Anthropic reads `provider_specific_entry`, and the one
 * for the others the uplift of a region.
 */
export function factorField(seller: string, key: string, value: string): string | undefined {
  const isSpecific = SPECIFIC_KEYS.get(value) === key && (key === "speed" || seller === "anthropic");
  if (isSpecific) return `${SPECIFIC}.${value}`;
  const uplift = `regional_processing_uplift_multiplier_${value}`;
  return key === "region" && UPLIFT.test(uplift) ? uplift : undefined;
}

const ZERO = decimal("0");

function readFactor(
  draft: EntryDraft,
  field: string,
  raw: unknown,
  key: Multiplier["key"],
  value: string,
): Multiplier[] {
  const factor = parseDecimal(showValue(raw));
  if (factor !== undefined && !isNegative(factor) && compareDecimals(factor, ZERO) !== 0)
    return [{ field, key, value, factor }];
  draft.fail(field, "not_a_number", `no factor above 0: ${showValue(raw)}`, raw);
  return [];
}

type Derived = Readonly<{ variant: string; charges: readonly Charge[]; derivedFrom: string }>;

/**
 * The variants that the factors give: each service tier in each region, the default at each speed, and both together. What the
 * entry states outright is never overwritten. Only token prices are multiplied, those of the caches and of the tiers by length
 * too: LiteLLM's `types/utils.py` calls the uplift one "applied to all token costs", and its cost calculation for Anthropic
 * multiplies what the prompt and the completion cost, and adds searches and other fees after that.
 */
export function deriveVariants(
  stated: ReadonlyMap<string, readonly Charge[]>,
  multipliers: readonly Multiplier[],
): Derived[] {
  const regions = multipliers.filter(({ key }) => key === "region");
  const speeds = multipliers.filter(({ key }) => key === "speed");
  const derived = [...stated].flatMap(([variant, charges]) => {
    const bySpeed = variant === "default" ? speeds.map((one) => apply({ variant, charges }, one)) : [];
    const byRegion = [{ variant, charges }, ...bySpeed].flatMap((base) => regions.map((one) => apply(base, one)));
    return [...bySpeed, ...byRegion];
  });
  return derived.filter(({ variant, charges }) => !stated.has(variant) && hasPaidCharge(charges));
}

type Base = Readonly<{ variant: string; charges: readonly Charge[]; derivedFrom?: string }>;

function apply({ variant, charges, derivedFrom }: Base, { field, key, value, factor }: Multiplier): Derived {
  const multiplied = charges.map((charge) =>
    charge.unit === "token" ? { ...charge, amount: multiply(charge.amount, factor) } : charge,
  );
  return {
    variant: withCondition(variant, key, value),
    charges: multiplied.some(({ amount }) => hasTooManyPlaces(amount)) ? [] : multiplied,
    derivedFrom: derivedFrom === undefined ? field : `${derivedFrom}, ${field}`,
  };
}

/**
 * Keys that name a region before the model: read from the map of 2026-08-01. Bedrock's inference profiles (`us.anthropic.x`) are ids of
 * the API itself and stay; capacity by the month is no region.
 */
const REGION_KEYS = [
  /^bedrock\/((?:us-gov|us|eu|ap|ca|sa|me|af|il|mx)-[a-z]+(?:-[a-z]+)?-\d)\/(?!\d+-month-commitment\/)(.+)$/,
  /^azure\/(eu|us|global|global-standard)\/(.+)$/,
  /^azure_ai\/(eu|us|global|global-standard)\/(.+)$/,
];

/** The region and the model of a key that names both; `undefined` for any other. */
export function readRegionKey(listing: string): { region: string; model: string } | undefined {
  for (const pattern of REGION_KEYS) {
    const [, region, model] = pattern.exec(listing) ?? [];
    if (region !== undefined && model !== undefined) return { region, model };
  }
  return undefined;
}
