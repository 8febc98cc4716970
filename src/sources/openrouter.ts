import { isLosslessNumber } from "lossless-json";
import { findBaseAmount, type Charge } from "#/price/charge.ts";
import { parseDecimal } from "#/price/decimal.ts";
import type { OfferState } from "#/price/offer.ts";
import type { ParseOutcome, SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, hasPaidCharge, type EntryDraft } from "#/sources/entry-draft.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isAbsent, isObject, isUsableId, readWhole, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { createSheetDraft, type SheetDraft } from "#/sources/sheet-draft.ts";

const SELLER = "openrouter";

/**
 * USD per one unit. `image` is per image *token*: in the captures of 2026-05-15 and 2026-08-01 all 35 `image` amounts
 * equal their model's `prompt` amount, though older documents call it a price per image.
 */
const UNITS: readonly UnitDeclaration[] = [
  { field: "prompt", meter: "input", unit: "token", usdPer: 1 },
  { field: "completion", meter: "output", unit: "token", usdPer: 1 },
  { field: "input_cache_read", meter: "cache_read", unit: "token", usdPer: 1 },
  { field: "input_cache_write", meter: "cache_write", unit: "token", usdPer: 1 },
  { field: "input_cache_write_1h", meter: "cache_write_1h", unit: "token", usdPer: 1 },
  { field: "internal_reasoning", meter: "reasoning", unit: "token", usdPer: 1 },
  { field: "audio", meter: "input_audio", unit: "token", usdPer: 1 },
  { field: "audio_output", meter: "output_audio", unit: "token", usdPer: 1 },
  { field: "input_audio_cache", meter: "cache_read_audio", unit: "token", usdPer: 1 },
  { field: "image", meter: "input_image", unit: "token", usdPer: 1 },
  { field: "image_output", meter: "output_image", unit: "token", usdPer: 1 },
  { field: "web_search", meter: "web_search", unit: "search", usdPer: 1 },
  { field: "request", meter: "request", unit: "request", usdPer: 1 },
];
const DECLARED = new Map(UNITS.map((declaration) => [declaration.field, declaration]));

/** `discount` says what was already taken off; it is no price of its own. */
const NOT_PRICES: ReadonlySet<string> = new Set(["discount", "overrides"]);

/** The list of `GET /api/v1/models`. */
export const openrouterAdapter: SourceAdapter = {
  kind: "openrouter",
  title: "OpenRouter models",
  defaultUrl: "https://openrouter.ai/api/v1/models",
  version: 2,
  units: UNITS,
  zeroRule:
    "0 for prompt and completion, with nothing above 0, is free for the variant `free` and for OpenRouter's own routers; " +
    "elsewhere the model is billed outside this list, and its price is unknown.",
  parse: parseOpenrouter,
};

function parseOpenrouter(text: string): ParseOutcome {
  const json = parseLossless(text);
  if (!json.ok) return json;
  if (!isObject(json.value) || !Array.isArray(json.value["data"]))
    return problem("wrong_root", `Expected an object with a list "data" of models, got ${showValue(json.value)}.`);
  const entries: readonly unknown[] = json.value["data"];
  if (entries.length === 0) return problem("empty", 'The list "data" holds no model.');
  if (!entries.some(isObject)) return problem("wrong_root", 'No item of the list "data" is a model.');

  const sheet = createSheetDraft(json.duplicateKeys);
  for (const [index, entry] of entries.entries()) readEntry(sheet, entry, `data[${index}]`);
  return { ok: true, sheet: sheet.finish() };
}

function problem(code: "wrong_root" | "empty", message: string): ParseOutcome {
  return { ok: false, problem: { code, message } };
}

function readEntry(sheet: SheetDraft, entry: unknown, position: string): void {
  if (!isObject(entry)) return sheet.reject(position, "schema", `not an object: ${showValue(entry)}`);
  const listing = entry["id"];
  if (!isUsableId(listing)) return sheet.reject(position, "schema", `no usable id: ${showValue(listing)}`);
  if (listing.startsWith("~")) return sheet.skip("alias");
  const { model, variant } = splitVariant(listing);
  if (!isUsableId(model) || !isUsableId(variant))
    return sheet.reject(listing, "schema", "nothing before or after the last ':'");
  const pricing = entry["pricing"] ?? {};
  if (!isObject(pricing)) return sheet.reject(`${listing}.pricing`, "schema", `not an object: ${showValue(pricing)}`);

  const key = { seller: SELLER, model, variant, listing };
  if (isMinusOne(pricing["prompt"]) || isMinusOne(pricing["completion"]))
    return sheet.offer({ ...key, state: "varies", charges: [] });

  const draft = createEntryDraft(sheet, `${listing}.pricing`);
  readBasePrices(draft, pricing);
  readOverrides(draft, pricing["overrides"]);
  const { variants, faults } = draft.finish();
  const charges = variants.get("default") ?? [];
  const state = stateOf(charges, variant === "free" || listing.startsWith("openrouter/"));
  sheet.offer({ ...key, state, charges: state === "unknown" ? [] : charges, ...faults });
}

/** `vendor/model:free` is the variant `free` of `vendor/model`. */
function splitVariant(id: string): { model: string; variant: string } {
  const colon = id.lastIndexOf(":");
  return colon < 0 ? { model: id, variant: "default" } : { model: id.slice(0, colon), variant: id.slice(colon + 1) };
}

function isMinusOne(value: unknown): boolean {
  return (typeof value === "string" || isLosslessNumber(value)) && parseDecimal(value.toString()) === "-1";
}

function stateOf(charges: readonly Charge[], zeroIsPrice: boolean): OfferState {
  if (hasPaidCharge(charges)) return "priced";
  const isZero = findBaseAmount(charges, "input") === "0" && findBaseAmount(charges, "output") === "0";
  return isZero && zeroIsPrice ? "free" : "unknown";
}

function readBasePrices(draft: EntryDraft, pricing: PayloadObject): void {
  for (const [field, value] of Object.entries(pricing)) {
    const declaration = DECLARED.get(field);
    if (declaration) draft.charge(field, value, declaration);
    else if (!NOT_PRICES.has(field) && !isAbsent(value))
      draft.refuse(field, `undeclared price field: ${showValue(value)}`);
  }
}

function readOverrides(draft: EntryDraft, overrides: unknown): void {
  if (isAbsent(overrides)) return;
  if (!Array.isArray(overrides)) return draft.fail("overrides", "schema", `not a list: ${showValue(overrides)}`);
  const items: readonly unknown[] = overrides;
  for (const [index, override] of items.entries()) readOverride(draft, override, `overrides[${index}]`);
}

function readOverride(draft: EntryDraft, override: unknown, path: string): void {
  if (!isObject(override)) return draft.fail(path, "schema", `not an object: ${showValue(override)}`);
  const { min_prompt_tokens: above, ...prices } = override;
  if (isAbsent(above)) return draft.refuse(path, "an override without min_prompt_tokens");
  const strange = Object.keys(prices).find((key) => !DECLARED.has(key) && !NOT_PRICES.has(key));
  if (strange !== undefined) return draft.refuse(path, `an override that also depends on ${showValue(strange, 40)}`);
  const tokens = readWhole(above);
  if (tokens === undefined) return draft.fail(`${path}.min_prompt_tokens`, "schema", showValue(above));
  for (const [field, declaration] of DECLARED)
    draft.charge(`${path}.${field}`, prices[field], { ...declaration, tier: { above: tokens } });
}
