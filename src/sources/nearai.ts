import { isNegative, parseDecimal, shiftPoint } from "#/price/decimal.ts";
import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, type EntryDraft } from "#/sources/entry-draft.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isAbsent, isObject, readWhole, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, offerDefault, readDeclared, readPricing, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

/** The list of its own: `{amount, scale, currency}`, amount times ten to the minus scale. */
const SCALED: readonly UnitDeclaration[] = [
  { field: "inputCostPerToken", meter: "input", unit: "token", usdPer: 1 },
  { field: "outputCostPerToken", meter: "output", unit: "token", usdPer: 1 },
  { field: "cacheReadCostPerToken", meter: "cache_read", unit: "token", usdPer: 1 },
  { field: "costPerImage", meter: "input_image", unit: "image", usdPer: 1 },
];

/** The list in OpenAI's shape mixes its units: two fields per 1M tokens, the third one per token. */
const MIXED: readonly UnitDeclaration[] = [
  { field: "input", meter: "input", unit: "token", usdPer: 1_000_000 },
  { field: "output", meter: "output", unit: "token", usdPer: 1_000_000 },
  { field: "input_cache_read", meter: "cache_read", unit: "token", usdPer: 1 },
];
const DECLARED = declare(MIXED);
const MOST_PLACES = 30;
const OWN_FACTS: FactFields = { contextTokens: "metadata.contextLength" };
const OPENAI_FACTS: FactFields = {
  contextTokens: "context_length",
  inputModalities: "input_modalities",
  outputModalities: "output_modalities",
};

const parseOwn = createListParser({ names: ["models"], id: "modelId", readEntry: readOwn });
const parseOpenai = createListParser({ names: ["data"], id: "id", readEntry: readMixed });

/** NEAR AI's model list, and the same in OpenAI's shape; which one it is shows in its root. */
export const nearaiAdapter: SourceAdapter = {
  kind: "nearai",
  title: "NEAR AI",
  defaultUrl: "https://cloud-api.near.ai/v1/model/list",
  version: 2,
  units: [...SCALED, ...MIXED],
  zeroRule: UNKNOWN_AT_ZERO,
  parse(text, context) {
    const json = parseLossless(text);
    if (!json.ok) return json;
    return (isObject(json.value) && "data" in json.value ? parseOpenai : parseOwn)(text, context);
  },
};

function readOwn(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  for (const declaration of SCALED) readScaled(draft, entry[declaration.field], declaration);
  offerDefault(sheet, { seller: "nearai", model: id, listing: id }, draft.finish(), readFacts(entry, OWN_FACTS));
}

function readScaled(draft: EntryDraft, value: unknown, declaration: UnitDeclaration): void {
  const { field } = declaration;
  if (isAbsent(value)) return;
  if (!isObject(value)) return draft.fail(field, "schema", `not an amount with its scale: ${showValue(value)}`, value);
  if (value["currency"] !== "USD")
    return draft.refuse(field, `not in USD: ${showValue(value["currency"])}`, value["currency"]);
  const scale = readWhole(value["scale"]);
  const amount = isAbsent(value["amount"]) ? undefined : parseDecimal(showValue(value["amount"]));
  if (scale === undefined || scale > MOST_PLACES)
    return draft.fail(field, "schema", `no usable scale: ${showValue(value["scale"])}`);
  if (amount === undefined || isNegative(amount)) return draft.charge(field, value["amount"] ?? {}, declaration);
  draft.charge(field, shiftPoint(amount, -scale), declaration);
}

function readMixed(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  readDeclared(draft, readPricing(draft, entry["pricing"], "pricing"), DECLARED, { path: "pricing" });
  offerDefault(sheet, { seller: "nearai", model: id, listing: id }, draft.finish(), readFacts(entry, OPENAI_FACTS));
}
