import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft } from "#/sources/entry-draft.ts";
import type { PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, offerDefault, readDeclared, readPricing, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const UNITS: readonly UnitDeclaration[] = [
  { field: "prompt", meter: "input", unit: "token", usdPer: 1_000_000 },
  { field: "completion", meter: "output", unit: "token", usdPer: 1_000_000 },
  { field: "input_cache_read", meter: "cache_read", unit: "token", usdPer: 1_000_000 },
];
const DECLARED = declare(UNITS);

const FACTS: FactFields = {
  contextTokens: "context_length",
  outputTokens: "max_output_length",
  inputModalities: "input_modalities",
  outputModalities: "output_modalities",
};

/** Chutes' list: USD per 1M tokens in `pricing`. `price` says the same again, and in TAO, which moves with its rate. */
export const chutesAdapter: SourceAdapter = {
  kind: "chutes",
  title: "Chutes",
  defaultUrl: "https://llm.chutes.ai/v1/models",
  version: 2,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  parse: createListParser({ names: ["data"], id: "id", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  readDeclared(draft, readPricing(draft, entry["pricing"], "pricing"), DECLARED, { path: "pricing" });
  offerDefault(sheet, { seller: "chutes", model: id, listing: id }, draft.finish(), readFacts(entry, FACTS));
}
