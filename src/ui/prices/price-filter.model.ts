import { compareDecimals, decimal } from "#/price/decimal.ts";
import { UNITS } from "#/terms/meter.ts";
import { OFFER_STATES } from "#/terms/offer.ts";
import type { ColumnCharge, PriceRow } from "#/terms/price-table.ts";
import type { ModelFilters, OfferMark } from "#/ui/prices/model-filters.model.ts";

/** What the list can be sorted by; the words stand in the address. */
export const PRICE_SORTS = [
  "name",
  "seller",
  "sources",
  "state",
  "context",
  "input",
  "output",
  "cache",
  "since",
] as const;
export type PriceSort = (typeof PRICE_SORTS)[number];

/** A row with what is searched in it, in lower case. */
export type SearchedRow = Readonly<{ row: PriceRow; text: string }>;

export type FilteredPrices = Readonly<{
  rows: readonly PriceRow[];
  /** How many carry each mark, among those that the filters other than `mark` let through. */
  marks: Readonly<Record<OfferMark, number>>;
}>;

export function searchedRow(row: PriceRow): SearchedRow {
  return { row, text: `${row.seller} ${row.model} ${row.variant}`.toLowerCase() };
}

/** The rows that all filters let through, in the order of the index. A fact that nobody states is no match. */
export function filterPrices(index: readonly SearchedRow[], filters: ModelFilters): FilteredPrices {
  const words = filters.search.toLowerCase().split(/\s+/).filter(Boolean);
  const marks: Record<OfferMark, number> = { held: 0, pinned: 0, stale: 0, missing: 0, delisted: 0, sunset: 0 };
  const rows: PriceRow[] = [];
  for (const { row, text } of index) {
    if (!words.every((word) => text.includes(word)) || !passes(row, filters)) continue;
    for (const flag of row.flags) if (flag !== "unpriced") marks[flag] += 1;
    if (filters.mark === undefined || row.flags.includes(filters.mark)) rows.push(row);
  }
  return { rows, marks };
}

/**
 * The rows by one column; equal ones keep their order. Rows without a value come last in both directions, and before them
 * those whose price is per something else than a token, unit by unit. Done before the filter, so that a keystroke sorts nothing.
 */
export function sortPrices(
  index: readonly SearchedRow[],
  by: PriceSort,
  isDescending: boolean,
): readonly SearchedRow[] {
  if (by === "name") return isDescending ? index.toReversed() : index;
  const keys = keysOf(
    index.map(({ row }) => row),
    by,
  );
  const sign = isDescending ? -1 : 1;
  return index
    .map((searched, place) => ({ searched, key: keys[place] }))
    .toSorted((a, b) => {
      if (a.key === undefined || b.key === undefined) return Number(a.key === undefined) - Number(b.key === undefined);
      return a.key.group - b.key.group || sign * (a.key.value - b.key.value);
    })
    .map(({ searched }) => searched);
}

/** Sorted upwards by `value` within a `group`; groups keep their order in both directions. */
type SortKey = Readonly<{ group: number; value: number }> | undefined;

function keysOf(rows: readonly PriceRow[], by: Exclude<PriceSort, "name">): readonly SortKey[] {
  if (by === "seller") return keysOfTexts(rows.map(({ seller }) => seller));
  if (by === "state") return rows.map(({ state }) => keyOf(OFFER_STATES.indexOf(state)));
  if (by === "sources") return rows.map(keyOfAgreement);
  if (by === "context") return rows.map(({ contextTokens }) => keyOf(contextTokens));
  if (by === "since") return rows.map(({ validFromMs }) => keyOf(validFromMs));
  const charges = rows.map((row) => chargeOf(row, by));
  const places = placesOfAmounts(charges.flatMap((charge) => charge?.amount ?? []));
  return charges.map(
    (charge) => charge && { group: UNIT_ORDER.indexOf(charge.unit), value: places.get(charge.amount) ?? 0 },
  );
}

function keysOfTexts(texts: readonly string[]): readonly SortKey[] {
  const places = new Map([...new Set(texts)].toSorted(compareTexts).map((text, place) => [text, place]));
  return texts.map((text) => keyOf(places.get(text) ?? null));
}

/** By how far its sources are apart, those that agree first; a price of one source has nothing to compare. */
function keyOfAgreement({ sources, apart }: PriceRow): SortKey {
  if (sources.length < 2) return undefined;
  if (apart === null) return keyOf(0);
  return keyOf(apart === "zero" ? Number.MAX_VALUE : Number(apart));
}

/** Exact decimals are compared once for each distinct amount; rows are then sorted by its place. Equal amounts share one. */
function placesOfAmounts(texts: readonly string[]): ReadonlyMap<string, number> {
  const amounts = [...new Set(texts)].map((text) => ({ text, amount: decimal(text) }));
  const order = amounts.toSorted((a, b) => compareDecimals(a.amount, b.amount));
  const distinct = new Map([...new Set(order.map(({ amount }) => amount))].map((amount, place) => [amount, place]));
  return new Map(order.map(({ text, amount }) => [text, distinct.get(amount) ?? 0]));
}

const UNIT_ORDER = ["token", ...UNITS.filter((unit) => unit !== "token")];
const FREE = { amount: "0", unit: "token" } as const satisfies ColumnCharge;

function keyOf(value: number | null): SortKey {
  return value === null ? undefined : { group: 0, value };
}

function chargeOf(row: PriceRow, by: "input" | "output" | "cache"): ColumnCharge | undefined {
  if (row.state !== "priced" && row.state !== "free") return undefined;
  const charge = { input: row.input, output: row.output, cache: row.cacheRead }[by];
  return charge ?? (isFreeOfLines(row) ? FREE : undefined);
}

/** Whether a row is free as a whole, with no line of its own for any meter. */
export function isFreeOfLines({ state, input, output, cacheRead, extras }: PriceRow): boolean {
  return state === "free" && input === null && output === null && cacheRead === null && extras.length === 0;
}

function passes(row: PriceRow, { source, seller, state, context, mode }: ModelFilters): boolean {
  return (
    (source === undefined || row.sources.includes(source)) &&
    (seller === undefined || row.seller === seller) &&
    (state === undefined || row.state === state) &&
    (context === undefined || (row.contextTokens !== null && row.contextTokens >= context)) &&
    (mode === undefined || row.mode === mode)
  );
}

/** By model, then seller, then variant with `default` first. */
export function compareNames(a: PriceRow, b: PriceRow): number {
  return (
    compareTexts(a.model, b.model) ||
    compareTexts(a.seller, b.seller) ||
    Number(a.variant !== "default") - Number(b.variant !== "default") ||
    compareTexts(a.variant, b.variant)
  );
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
