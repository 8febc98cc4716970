import type { ParseOutcome, SourceAdapter } from "#/sources/adapter.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { listEndpointUrls, readEndpoints } from "#/sources/openrouter-endpoints.ts";
import { offerPricing, OPENROUTER_UNITS, splitVariant } from "#/sources/openrouter-pricing.ts";
import { isObject, isUsableId, showValue } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { createSheetDraft, type SheetDraft } from "#/sources/sheet-draft.ts";

const SELLER = "openrouter";

/** The list of `GET /api/v1/models`. */
export const openrouterAdapter: SourceAdapter = {
  kind: "openrouter",
  title: "OpenRouter models",
  defaultUrl: "https://openrouter.ai/api/v1/models",
  version: 4,
  units: OPENROUTER_UNITS,
  options: { endpoints: "true reads each model's sellers and their prices as well, one more call per model" },
  furtherUrls: (list, url, { endpoints }) => (endpoints === true ? listEndpointUrls(list, url) : []),
  zeroRule:
    "0 for prompt and completion, with nothing above 0, is free for the variant `free` and for OpenRouter's own routers; " +
    "elsewhere the model is billed outside this list, and its price is unknown.",
  parse: parseOpenrouter,
};

const FACTS: FactFields = {
  contextTokens: "context_length",
  outputTokens: "top_provider.max_completion_tokens",
  inputModalities: "architecture.input_modalities",
  outputModalities: "architecture.output_modalities",
  releasedOn: "created",
  sunsetOn: "expiration_date",
};

function parseOpenrouter(text: string): ParseOutcome {
  const json = parseLossless(text);
  if (!json.ok) return json;
  // With the option `endpoints`: the list, and a document per model.
  const documents: readonly unknown[] = Array.isArray(json.value) ? json.value : [json.value];
  const [list, ...endpoints] = documents;
  if (!isObject(list) || !Array.isArray(list["data"]))
    return problem("wrong_root", `Expected an object with a list "data" of models, got ${showValue(list)}.`);
  const entries: readonly unknown[] = list["data"];
  if (entries.length === 0) return problem("empty", 'The list "data" holds no model.');
  if (!entries.some(isObject)) return problem("wrong_root", 'No item of the list "data" is a model.');

  const sheet = createSheetDraft(json.duplicateKeys);
  for (const [index, entry] of entries.entries()) readEntry(sheet, entry, `data[${index}]`);
  for (const [index, document] of endpoints.entries()) readEndpoints(sheet, document, `endpoints[${index}]`);
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

  const zeroIsPrice = variant === "free" || listing.startsWith("openrouter/");
  offerPricing(
    sheet,
    { seller: SELLER, model, variant, listing },
    { pricing, path: `${listing}.pricing`, zeroIsPrice, ...readFacts(entry, FACTS) },
  );
}
