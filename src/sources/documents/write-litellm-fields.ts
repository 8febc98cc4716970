import { LosslessNumber } from "lossless-json";
import { chargeKey, type Charge } from "#/price/charge.ts";
import { shiftPoint, type Decimal } from "#/price/decimal.ts";
import type { WrittenFields } from "#/sources/documents/plan-fields.ts";
import { LITELLM_UNITS, OLDER_NAMES } from "#/sources/litellm-fields.ts";
import { isObject } from "#/sources/payload-shape.ts";
import type { Meter } from "#/terms/meter.ts";

type Sheets = ReadonlyMap<string, readonly Charge[]>;
type Fields = Map<string, unknown>;
type Line = Readonly<{ variant: string; charge: Charge }>;

const FIELDS = new Map(
  LITELLM_UNITS.filter(({ field }) => !OLDER_NAMES.has(field)).map((unit) => [`${unit.meter}/${unit.unit}`, unit]),
);
/** How the fields of a variant end. Other variants have no fields of their own. */
export const SUFFIXES: ReadonlyMap<string, string> = new Map([
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
const LONGEST_BOUNDARY = 6;

/**
 * Charges in LiteLLM's fields: what our own adapter reads back as the same charges. `all` are the complete sheets, since a list of
 * ranges begins with the base that another field may state.
 */
export function writeLitellmFields(sheets: Sheets, all: Sheets): WrittenFields {
  const fields: Fields = new Map();
  const lines = [...sheets].flatMap(([variant, charges]) => charges.map((charge): Line => ({ variant, charge })));
  const windowed = lines.filter(({ charge }) => charge.window !== undefined);
  const unwritten = lines.filter((line) => line.charge.window === undefined && !writePlain(fields, line));
  const ranges = unwritten.filter(isRange);
  writeRanges(
    fields,
    ranges.map(({ charge }) => charge),
    all.get("default") ?? [],
  );
  const left = [...unwritten.filter((line) => !isRange(line)), ...(writeOffPeak(fields, windowed) ? [] : windowed)];
  const counts = [...Map.groupBy(left, ({ variant }) => variant)].map(([variant, of]) => [variant, of.length] as const);
  return { fields, left: new Map(counts) };
}

function writePlain(fields: Fields, { variant, charge }: Line): boolean {
  const sizes = charge.unit === "search" ? SEARCH_SIZES[charge.meter] : undefined;
  if (sizes !== undefined && charge.tier === undefined && variant === "default") {
    const name = "search_context_cost_per_query";
    const amounts = sizes.map((size) => [`search_context_size_${size}`, new LosslessNumber(charge.amount)]);
    const there = fields.get(name);
    fields.set(name, { ...(isObject(there) ? there : {}), ...Object.fromEntries(amounts) });
    return true;
  }
  const name = fieldOf(charge, variant);
  if (name === undefined) return false;
  fields.set(name, numberOf(charge));
  return true;
}

/** `input_cost_per_token_above_200k_tokens_batches`; `undefined` when LiteLLM has no such field. */
function fieldOf({ meter, unit, tier }: Charge, variant: string): string | undefined {
  const declaration = FIELDS.get(`${meter}/${unit}`);
  const suffix = SUFFIXES.get(variant);
  if (declaration === undefined || suffix === undefined) return undefined;
  if (tier === undefined) return `${declaration.field}${suffix}`;
  const boundary = tier.of === "seconds" ? tier.above : tier.above / 1000;
  if (tier.of === "results" || !Number.isInteger(boundary) || String(boundary).length > LONGEST_BOUNDARY)
    return undefined;
  return `${declaration.field}_above_${boundary}${tier.of === "seconds" ? "s_interval" : "k_tokens"}${suffix}`;
}

function declaredField({ meter, unit }: Charge): string {
  return FIELDS.get(`${meter}/${unit}`)?.field ?? "";
}

function valueOf({ meter, unit, amount }: Charge): Decimal {
  return shiftPoint(amount, EXPONENT[FIELDS.get(`${meter}/${unit}`)?.usdPer ?? 1]);
}

function numberOf(charge: Charge): LosslessNumber {
  return new LosslessNumber(valueOf(charge));
}

/** Whether a price is by the number of results, for which there is a list of ranges. */
function isRange({ variant, charge: { meter, unit, tier } }: Line): boolean {
  return variant === "default" && tier?.of === "results" && FIELDS.has(`${meter}/${unit}`);
}

/** Prices by the number of results stand in a list of ranges, the base first. */
function writeRanges(fields: Fields, ranges: readonly Charge[], all: readonly Charge[]): void {
  if (ranges.length === 0) return;
  const keys = new Set(ranges.map(({ meter, unit }) => `${meter}/${unit}`));
  const base = all.filter((charge) => charge.tier === undefined && keys.has(chargeKey(charge)));
  const starts = [...new Set(ranges.map(({ tier }) => tier?.above ?? 0))].toSorted((a, b) => a - b);
  const pricesOf = (charges: readonly Charge[]) =>
    Object.fromEntries(charges.map((charge) => [declaredField(charge), numberOf(charge)]));
  fields.set("tiered_pricing", [
    { max_results_range: [0, starts[0] ?? 0], ...pricesOf(base) },
    ...starts.map((start, index) => ({
      max_results_range: [start + 1, starts[index + 1] ?? null],
      ...pricesOf(ranges.filter(({ tier }) => tier?.above === start)),
    })),
  ]);
}

/** All windows of an entry share one set of prices there; answers whether these do. */
function writeOffPeak(fields: Fields, windowed: readonly Line[]): boolean {
  if (windowed.length === 0) return true;
  const groups = Map.groupBy(windowed, ({ charge: { window } }) => `${window?.from ?? ""}-${window?.to ?? ""}`);
  const blocks = [...groups.values()].map((lines) =>
    lines
      .map(({ variant, charge }) => [fieldOf(charge, variant) ?? "", valueOf(charge)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  const texts = new Set(blocks.map((block) => JSON.stringify(block)));
  const hasAll = windowed.every(
    ({ variant, charge }) => charge.tier === undefined && fieldOf(charge, variant) !== undefined,
  );
  if (texts.size !== 1 || !hasAll) return false;
  const prices = (blocks[0] ?? []).map(([name, amount]) => [name, new LosslessNumber(amount)] as const);
  fields.set("off_peak_pricing", { hours_utc: [...groups.keys()], ...Object.fromEntries(prices) });
  return true;
}
