import { multiply, parseDecimal, shiftPoint, isNegative } from "#/price/decimal.ts";
import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, type EntryDraft } from "#/sources/entry-draft.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isAbsent, isObject, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, offerDefault, readDeclared, readPricing, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const SELLER = "deepinfra";

/** The native list: US cents. */
const NATIVE: readonly UnitDeclaration[] = [
  { field: "cents_per_input_token", meter: "input", unit: "token", usdPer: 1, usdExponent: -2 },
  { field: "cents_per_output_token", meter: "output", unit: "token", usdPer: 1, usdExponent: -2 },
  { field: "cents_per_input_chars", meter: "input", unit: "character", usdPer: 1, usdExponent: -2 },
  { field: "cents_per_input_sec", meter: "input", unit: "second", usdPer: 1, usdExponent: -2 },
  { field: "cents_per_sec", meter: "output", unit: "second", usdPer: 1, usdExponent: -2 },
  { field: "cents_per_image_unit", meter: "output_image", unit: "image", usdPer: 1, usdExponent: -2 },
];
const NATIVE_FIELDS = declare(NATIVE);

/** Cache prices of the native list are multiples of the input price. */
const RATES = [
  ["rate_per_input_token_cached", "cache_read"],
  ["rate_per_input_token_cache_write", "cache_write"],
] as const;

/** `full` is free text that disagrees with the fields; the others are words and defaults, no prices. */
const NOT_PRICES = [
  "type",
  "full",
  "short",
  "default_width",
  "default_height",
  "default_iterations",
  "discount",
  "discount_ends_at",
];

/** The list in OpenAI's shape: USD per 1M tokens. */
const OPENAI: readonly UnitDeclaration[] = [
  { field: "input_tokens", meter: "input", unit: "token", usdPer: 1_000_000 },
  { field: "output_tokens", meter: "output", unit: "token", usdPer: 1_000_000 },
  { field: "cache_read_tokens", meter: "cache_read", unit: "token", usdPer: 1_000_000 },
  { field: "cache_write_tokens", meter: "cache_write", unit: "token", usdPer: 1_000_000 },
];
const OPENAI_FIELDS = declare(OPENAI);

/**
 * `max_tokens` of the native list is the context window, `deprecated` an instant in seconds since 1970. From then on requests are
 * still answered, by the model of `replaced_by`: https://github.com/allenai/olmocr/issues/460
 */
const NATIVE_FACTS: FactFields = {
  contextTokens: "max_tokens",
  mode: "type",
  deprecatedOn: "deprecated",
  replacedBy: "replaced_by",
};
const OPENAI_FACTS: FactFields = { contextTokens: "metadata.context_length" };

const parseNative = createListParser({ names: [], id: "model_name", readEntry: readNative });
const parseOpenai = createListParser({ names: ["data"], id: "id", readEntry: readOpenai });

/**
 * DeepInfra's native list, and the one in OpenAI's shape; which one it is shows in its root. What is asked now is the price;
 * a discount is already taken off, and the list does not say exactly what it was taken off from.
 */
export const deepinfraAdapter: SourceAdapter = {
  kind: "deepinfra",
  title: "DeepInfra",
  defaultUrl: "https://api.deepinfra.com/models/list",
  version: 3,
  units: [...NATIVE, ...OPENAI],
  zeroRule: UNKNOWN_AT_ZERO,
  parse(text, context) {
    const json = parseLossless(text);
    if (!json.ok) return json;
    return (isObject(json.value) ? parseOpenai : parseNative)(text, context);
  },
};

function readNative(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  const pricing = readPricing(draft, entry["pricing"], "pricing");
  const ignored = [...NOT_PRICES, ...RATES.map(([field]) => field)];
  readDeclared(draft, pricing, NATIVE_FIELDS, { path: "pricing", ignored });
  for (const [field, meter] of RATES) readRate(draft, pricing, field, meter);
  offerDefault(sheet, { seller: SELLER, model: id, listing: id }, draft.finish(), readFacts(entry, NATIVE_FACTS));
}

function readRate(draft: EntryDraft, pricing: PayloadObject, field: string, meter: (typeof RATES)[number][1]): void {
  const path = `pricing.${field}`;
  const rate = pricing[field];
  const input = pricing["cents_per_input_token"];
  if (isAbsent(rate)) return;
  if (isAbsent(input)) return draft.refuse(path, "a multiple of an input price that is not there");
  const [times, cents] = [parseDecimal(showValue(rate, 80)), parseDecimal(showValue(input, 80))];
  if (times === undefined || isNegative(times)) return draft.fail(path, "not_a_number", showValue(rate));
  if (cents === undefined) return;
  draft.charge(path, shiftPoint(multiply(times, cents), -2), { meter, unit: "token", usdPer: 1 });
}

function readOpenai(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  const metadata = readPricing(draft, entry["metadata"], "metadata");
  readDeclared(draft, readPricing(draft, metadata["pricing"], "metadata.pricing"), OPENAI_FIELDS, {
    path: "metadata.pricing",
  });
  offerDefault(sheet, { seller: SELLER, model: id, listing: id }, draft.finish(), readFacts(entry, OPENAI_FACTS));
}
