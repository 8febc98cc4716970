import type { Tier, Window } from "#/price/charge.ts";
import type { EntryDraft } from "#/sources/entry-draft.ts";
import { readFieldName } from "#/sources/litellm-fields.ts";
import { isAbsent, isObject, readWhole, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readAmount } from "#/sources/read-amount.ts";

/** The fields of a LiteLLM entry that hold prices in a shape of their own. */
export const PRICE_BLOCKS: ReadonlyMap<string, (draft: EntryDraft, value: unknown) => void> = new Map([
  ["search_context_cost_per_query", readSearchContext],
  ["tiered_pricing", readTiers],
  ["off_peak_pricing", readOffPeak],
]);

const CONTEXT_SIZES = [
  ["search_context_size_low", "web_search_low"],
  ["search_context_size_medium", "web_search_medium"],
  ["search_context_size_high", "web_search_high"],
] as const;

/** USD per search by size of the search context; one price when all three sizes cost the same. */
function readSearchContext(draft: EntryDraft, value: unknown): void {
  const path = "search_context_cost_per_query";
  if (isAbsent(value)) return;
  if (!isObject(value)) return draft.fail(path, "schema", `not an object: ${showValue(value)}`, value);
  const known = new Set<string>(CONTEXT_SIZES.map(([size]) => size));
  for (const key of Object.keys(value)) if (!known.has(key)) draft.refuse(`${path}.${key}`, "undeclared context size");

  const amounts = new Set(
    CONTEXT_SIZES.map(([size]) => {
      const reading = readAmount(value[size], { usdPer: 1 });
      return reading.ok ? reading.amount : undefined;
    }),
  );
  const isOnePrice = amounts.size === 1 && !amounts.has(undefined);
  for (const [size, meter] of CONTEXT_SIZES) {
    draft.charge(`${path}.${size}`, value[size], {
      meter: isOnePrice ? "web_search" : meter,
      unit: "search",
      usdPer: 1,
    });
  }
}

function readTiers(draft: EntryDraft, value: unknown): void {
  if (isAbsent(value)) return;
  if (!Array.isArray(value)) return draft.fail("tiered_pricing", "schema", `not a list: ${showValue(value)}`, value);
  const items: readonly unknown[] = value;
  for (const [index, item] of items.entries()) {
    const path = `tiered_pricing[${index}]`;
    if (!isObject(item)) draft.fail(path, "schema", `not an object: ${showValue(item)}`, item);
    else readTier(draft, item, path, index === 0);
  }
}

function readTier(draft: EntryDraft, item: PayloadObject, path: string, isFirst: boolean): void {
  const { range, max_results_range: results, ...prices } = item;
  if (isAbsent(range) === isAbsent(results)) return draft.refuse(path, "a price tier without one range");
  const least = readRangeStart(range ?? results);
  if (least === undefined) return draft.fail(`${path}.range`, "schema", `not a range: ${showValue(range ?? results)}`);
  // A token range starts where the one before ends; a result range starts one after.
  const tier = isAbsent(results) ? { above: least } : { above: Math.max(least - 1, 0), of: "results" as const };
  const isBase = isAbsent(results) ? least === 0 : isFirst;
  readConditionalPrices(draft, prices, path, [isBase ? {} : { tier }]);
}

function readRangeStart(range: unknown): number | undefined {
  if (!Array.isArray(range) || range.length !== 2) return undefined;
  const bounds: readonly unknown[] = range;
  return readWhole(bounds[0]);
}

const CLOCK_RANGE = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/;

function readOffPeak(draft: EntryDraft, value: unknown): void {
  if (isAbsent(value)) return;
  const path = "off_peak_pricing";
  if (!isObject(value)) return draft.fail(path, "schema", `not an object: ${showValue(value)}`, value);
  if (Object.keys(value).length === 0) return;
  const { hours_utc: hours, ...prices } = value;
  const ranges: readonly unknown[] = Array.isArray(hours) ? hours : isAbsent(hours) ? [] : [hours];
  if (ranges.length === 0) return draft.refuse(path, "off-peak prices without hours_utc");
  const conditions: Condition[] = [];
  for (const range of ranges) {
    const window = readWindow(range);
    if (window === undefined)
      return draft.fail(`${path}.hours_utc`, "schema", `not HH:MM-HH:MM: ${showValue(range)}`, range);
    conditions.push({ window });
  }
  readConditionalPrices(draft, prices, path, conditions);
}

function readWindow(text: unknown): Window | undefined {
  const [, from, to] = typeof text === "string" ? (CLOCK_RANGE.exec(text.trim()) ?? []) : [];
  // Equal ends could mean always or never: a price must not hang on that guess.
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}

type Condition = Readonly<{ tier?: Tier; window?: Window }>;

/** Reads a block's prices under its conditions. A key that is no declared price may be one more condition: refused whole. */
function readConditionalPrices(
  draft: EntryDraft,
  prices: PayloadObject,
  path: string,
  conditions: readonly Condition[],
): void {
  const fields = Object.entries(prices).map(([name, value]) => ({ name, value, field: readFieldName(name) }));
  const strange = fields.find(({ field }) => field.is !== "price" || field.tier);
  if (strange) return draft.refuse(path, `prices that also depend on ${showValue(strange.name, 40)}`);
  for (const { name, value, field } of fields) {
    if (field.is !== "price") continue;
    for (const condition of conditions)
      draft.charge(`${path}.${name}`, value, { ...field.declaration, ...condition }, field.variant);
  }
}
