import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft } from "#/sources/entry-draft.ts";
import type { PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, offerDefault, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const UNITS: readonly UnitDeclaration[] = [
  { field: "prompt_text_token_price", meter: "input", unit: "token", usdPer: 1_000_000, usdExponent: -4 },
  { field: "cached_prompt_text_token_price", meter: "cache_read", unit: "token", usdPer: 1_000_000, usdExponent: -4 },
  { field: "completion_text_token_price", meter: "output", unit: "token", usdPer: 1_000_000, usdExponent: -4 },
  { field: "prompt_image_token_price", meter: "input_image", unit: "token", usdPer: 1_000_000, usdExponent: -4 },
];
const DECLARED = declare(UNITS);

const FACTS: FactFields = {
  inputModalities: "input_modalities",
  outputModalities: "output_modalities",
  releasedOn: "created",
};

/** xAI's list: whole numbers of 1/10,000 USD per 1M tokens. `aliases` are other names of the same model, and no offers. */
export const xaiAdapter: SourceAdapter = {
  kind: "xai",
  title: "xAI language models",
  defaultUrl: "https://api.x.ai/v1/language-models",
  version: 2,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  needsKey: true,
  parse: createListParser({ names: ["models"], id: "id", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  for (const [field, declaration] of DECLARED) draft.charge(field, entry[field], declaration);
  const aliases: unknown = entry["aliases"];
  if (Array.isArray(aliases)) aliases.forEach(() => sheet.skip("alias"));
  offerDefault(sheet, { seller: "xai", model: id, listing: id }, draft.finish(), readFacts(entry, FACTS));
}
