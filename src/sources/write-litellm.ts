import { LosslessNumber, stringify } from "lossless-json";
import { chargeKey, type Charge } from "#/price/charge.ts";
import { readVariant } from "#/price/variant.ts";
import { readRegionKey } from "#/sources/litellm-variants.ts";
import { spellSeller } from "#/price/sellers.ts";
import { decimal, divide, multiply, shiftPoint, type Decimal } from "#/price/decimal.ts";
import type { ExportedDocument, ExportedOffer } from "#/sources/exported-offer.ts";
import { LITELLM_UNITS, OLDER_NAMES } from "#/sources/litellm-fields.ts";
import type { Meter } from "#/terms/meter.ts";

type Entry = Record<string, unknown>;

const FIELDS = new Map(
  LITELLM_UNITS.filter(({ field }) => !OLDER_NAMES.has(field)).map((unit) => [`${unit.meter}/${unit.unit}`, unit]),
);
const SUFFIXES: ReadonlyMap<string, string> = new Map([
  ["default", ""],
  ["batch", "_batches"],
  ["flex", "_flex"],
  ["priority", "_priority"],
  ["speed=ultrafast", "_ultrafast"],
]);
const SEARCH_SIZES: Partial<Record<Meter, readonly string[]>> = {
  web_search: ["low", "medium", "high"],
  web_search_low: ["low"],
  web_search_medium: ["medium"],
  web_search_high: ["high"],
};
const EXPONENT = { 1: 0, 1000: 3, 1_000_000: 6 } as const;

/** LiteLLM's cost map: what our own adapter reads back as the same charges. Amounts are exact number texts. */
export function writeLitellm(offers: readonly ExportedOffer[]): ExportedDocument {
  const map = new Map<string, Entry>();
  const sheets: Sheets = new Map();
  const conditional: ExportedOffer[] = [];
  let omitted = 0;
  for (const offer of offers) {
    const { seller, model, variant, listing, charges } = offer;
    const { tier, conditions } = readVariant(variant);
    const region = listing === undefined ? undefined : readRegionKey(listing)?.region;
    const isKeyOfItsOwn = conditions.size === 1 && region !== undefined && conditions.get("region") === region;
    if (conditions.size > 0 && !isKeyOfItsOwn && !SUFFIXES.has(variant)) {
      conditional.push(offer);
      continue;
    }
    const suffix = SUFFIXES.get(isKeyOfItsOwn ? tier : variant);
    const spelled = spellSeller(seller, "litellm");
    const name = listing ?? `${spelled}/${model}${suffix === undefined ? `:${variant}` : ""}`;
    const entry = map.get(name) ?? { litellm_provider: spelled };
    map.set(name, entry);
    const sheet = sheets.get(name) ?? { tiers: new Map(), factors: new Map() };
    sheets.set(name, sheet);
    if (conditions.size === 0 || isKeyOfItsOwn) sheet.tiers.set(tier, charges);
    omitted += writeCharges(entry, charges, suffix ?? "");
  }
  // The factors first: what stands under several conditions, or under a tier and one, follows from them.
  for (const offer of conditional.toSorted((a, b) => partsOf(a) - partsOf(b)))
    if (!writeCondition(map, sheets, offer)) omitted += offer.charges.length;
  return { text: stringify(Object.fromEntries(map), undefined, 2) ?? "{}", omitted };
}

/** The sheets and factors of one entry, by the variant that they are of. */
type Sheets = Map<string, { tiers: Map<string, readonly Charge[]>; factors: Map<string, Decimal> }>;

function partsOf({ variant }: ExportedOffer): number {
  return variant.split("+").length;
}

/**
 * Writes a variant that shares its entry with the default as the factor between them. Answers whether the shape says it then.
 */
function writeCondition(map: ReadonlyMap<string, Entry>, sheets: Sheets, offer: ExportedOffer): boolean {
  const { listing = "", variant, charges } = offer;
  const [entry, sheet] = [map.get(listing), sheets.get(listing)];
  const { tier, conditions } = readVariant(variant);
  const base = sheet?.tiers.get(tier);
  if (entry === undefined || sheet === undefined || base === undefined) return false;
  const factor = factorBetween(base, charges);
  if (factor === undefined) return false;
  const [[key, value] = ["", ""], ...others] = conditions;
  if (tier === "default" && others.length === 0) {
    sheet.factors.set(`${key}=${value}`, factor);
    return writeFactor(entry, { key, value, factor });
  }
  const product = [...conditions]
    .map(([name, of]) => sheet.factors.get(`${name}=${of}`) ?? decimal("0"))
    .reduce((product, one) => multiply(product, one), decimal("1"));
  return product === factor;
}

function writeFactor(entry: Entry, { key, value, factor }: { key: string; value: string; factor: Decimal }): boolean {
  if (key === "region" && /^[a-z]{2}$/.test(value))
    entry[`regional_processing_uplift_multiplier_${value}`] = numberOf(factor);
  else if (key === "speed" && value === "fast") entry["provider_specific_entry"] = { fast: numberOf(factor) };
  else return false;
  return true;
}

/** The one factor that every token price of a sheet is of another's, all else being the same; `undefined` when there is none. */
function factorBetween(base: readonly Charge[], charges: readonly Charge[]): Decimal | undefined {
  const amounts = new Map(base.map((charge) => [chargeKey(charge), charge.amount]));
  const paid = charges.find(({ unit, amount }) => unit === "token" && amount !== "0");
  const own = paid === undefined ? undefined : amounts.get(chargeKey(paid));
  if (paid === undefined || own === undefined || own === "0" || base.length !== charges.length) return undefined;
  const factor = divide(paid.amount, own, 12);
  const isFactor = charges.every((charge) => {
    const amount = amounts.get(chargeKey(charge));
    return amount !== undefined && charge.amount === (charge.unit === "token" ? multiply(amount, factor) : amount);
  });
  return isFactor ? factor : undefined;
}

function writeCharges(entry: Entry, charges: readonly Charge[], suffix: string): number {
  const plain = charges.filter((charge) => charge.window === undefined);
  const windowed = charges.filter((charge) => charge.window !== undefined);
  const left = plain.filter((charge) => !writePlain(entry, charge, suffix));
  const ranges = left.filter(({ tier }) => tier?.of === "results");
  writeRanges(entry, ranges, plain);
  return left.length - ranges.length + (writeOffPeak(entry, windowed, suffix) ? 0 : windowed.length);
}

function writePlain(entry: Entry, charge: Charge, suffix: string): boolean {
  const sizes = charge.unit === "search" ? SEARCH_SIZES[charge.meter] : undefined;
  if (sizes !== undefined && charge.tier === undefined && suffix === "") {
    const blocks = (entry["search_context_cost_per_query"] ??= {}) as Entry;
    for (const size of sizes) blocks[`search_context_size_${size}`] = numberOf(charge.amount);
    return true;
  }
  const name = fieldOf(charge, suffix);
  if (name === undefined) return false;
  entry[name] = numberOf(valueOf(charge));
  return true;
}

/** `input_cost_per_token_above_200k_tokens_batches`; `undefined` when LiteLLM has no such field. */
function fieldOf({ meter, unit, tier }: Charge, suffix: string): string | undefined {
  const declaration = FIELDS.get(`${meter}/${unit}`);
  if (declaration === undefined) return undefined;
  if (tier === undefined) return `${declaration.field}${suffix}`;
  if (tier.of === "seconds") return `${declaration.field}_above_${tier.above}s_interval${suffix}`;
  if (tier.of === "results" || tier.above % 1000 !== 0) return undefined;
  return `${declaration.field}_above_${tier.above / 1000}k_tokens${suffix}`;
}

function valueOf({ meter, unit, amount }: Charge): Decimal {
  const usdPer = FIELDS.get(`${meter}/${unit}`)?.usdPer ?? 1;
  return shiftPoint(amount, EXPONENT[usdPer]);
}

/** Prices by the number of results stand in a list of ranges, the base first. */
function writeRanges(entry: Entry, ranges: readonly Charge[], plain: readonly Charge[]): void {
  if (ranges.length === 0) return;
  const keys = new Set(ranges.map(({ meter, unit }) => `${meter}/${unit}`));
  const base = plain.filter((charge) => charge.tier === undefined && keys.has(chargeKey(charge)));
  const starts = [...new Set(ranges.map(({ tier }) => tier?.above ?? 0))].toSorted((a, b) => a - b);
  const pricesOf = (charges: readonly Charge[]) =>
    Object.fromEntries(charges.map((charge) => [baseField(charge), numberOf(valueOf(charge))]));
  entry["tiered_pricing"] = [
    { max_results_range: [0, starts[0] ?? 0], ...pricesOf(base) },
    ...starts.map((start, index) => ({
      max_results_range: [start + 1, starts[index + 1] ?? null],
      ...pricesOf(ranges.filter(({ tier }) => tier?.above === start)),
    })),
  ];
}

/** All windows of an entry share one set of prices there; answers whether these do. */
function writeOffPeak(entry: Entry, windowed: readonly Charge[], suffix: string): boolean {
  if (windowed.length === 0) return true;
  const groups = Map.groupBy(windowed, ({ window }) => `${window?.from ?? ""}-${window?.to ?? ""}`);
  const blocks = [...groups.values()].map((charges) =>
    charges.map((charge) => [fieldOf(charge, suffix) ?? "", valueOf(charge)] as const),
  );
  const texts = new Set(blocks.map((block) => JSON.stringify(block)));
  const hasAll = windowed.every((charge) => charge.tier === undefined && fieldOf(charge, suffix) !== undefined);
  if (texts.size !== 1 || !hasAll) return false;
  const prices = (blocks[0] ?? []).map(([name, amount]) => [name, numberOf(amount)] as const);
  entry["off_peak_pricing"] = { hours_utc: [...groups.keys()], ...Object.fromEntries(prices) };
  return true;
}

function numberOf(amount: string): LosslessNumber {
  return new LosslessNumber(amount);
}

function baseField({ meter, unit }: Charge): string {
  return FIELDS.get(`${meter}/${unit}`)?.field ?? "";
}
