import { LosslessNumber, stringify } from "lossless-json";
import { chargeKey, type Charge } from "#/price/charge.ts";
import { conditionOf, withoutCondition } from "#/price/variant.ts";
import { readRegionKey } from "#/sources/litellm-variants.ts";
import { spellSeller } from "#/price/sellers.ts";
import { shiftPoint, type Decimal } from "#/price/decimal.ts";
import type { ExportedDocument, ExportedOffer } from "#/sources/exported-offer.ts";
import { LITELLM_UNITS, OLDER_NAMES } from "#/sources/litellm-fields.ts";
import { writeFactors, type WrittenEntry } from "#/sources/write-litellm-factors.ts";
import type { Meter } from "#/terms/meter.ts";

type Entry = WrittenEntry["entry"];

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
  const map = new Map<string, WrittenEntry>();
  const conditional: ExportedOffer[] = [];
  let omitted = 0;
  for (const offer of offers) {
    const place = placeOf(offer);
    if (place === undefined) {
      conditional.push(offer);
      continue;
    }
    const { name, suffix, sheet } = place;
    const seller = offer.listedAs ?? spellSeller(offer.seller, "litellm");
    const written = map.get(name) ?? {
      entry: { litellm_provider: seller },
      seller,
      sheets: new Map(),
      omitted: new Map(),
    };
    map.set(name, written);
    const left = writeCharges(written.entry, offer.charges, suffix);
    written.sheets.set(sheet, offer.charges);
    written.omitted.set(sheet, left);
    omitted += left;
  }
  for (const [name, ofEntry] of Map.groupBy(conditional, ({ listing }) => listing ?? ""))
    omitted += writeFactors(map.get(name), name, ofEntry);
  const entries = [...map].map(([name, { entry }]) => [name, entry] as const);
  return { text: stringify(Object.fromEntries(entries), undefined, 2) ?? "{}", omitted };
}

/** Where an offer has fields of its own: the entry's name, and how its fields end. A region has some only under its own key. */
function placeOf(offer: ExportedOffer): { name: string; suffix: string; sheet: string } | undefined {
  const { seller, model, variant, listing } = offer;
  const region = listing === undefined ? undefined : readRegionKey(listing)?.region;
  if (conditionOf(variant, "region") !== region) return undefined;
  const sheet = withoutCondition(variant, "region");
  const suffix = SUFFIXES.get(sheet);
  if (suffix === undefined && sheet.includes("=")) return undefined;
  const own = `${spellSeller(seller, "litellm")}/${model}`;
  // A seller's own word has no fields: it is an entry apart, and never written over the one it was listed in.
  return suffix === undefined
    ? { name: `${own}:${variant}`, suffix: "", sheet: "default" }
    : { name: listing ?? own, suffix, sheet };
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
