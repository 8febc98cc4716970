import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft } from "#/sources/entry-draft.ts";
import type { PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, offerDefault, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const UNITS: readonly UnitDeclaration[] = [
  { field: "input_price", meter: "input", unit: "token", usdPer: 1 },
  { field: "output_price", meter: "output", unit: "token", usdPer: 1 },
  { field: "caching_price", meter: "cache_write", unit: "token", usdPer: 1 },
  { field: "cached_price", meter: "cache_read", unit: "token", usdPer: 1 },
];
const DECLARED = declare(UNITS);

const FACTS: FactFields = { contextTokens: "context_window", outputTokens: "max_output_tokens" };

/** Requesty's list: USD per token. `caching_price` is what writing into the cache costs, `cached_price` what reading from it does. */
export const requestyAdapter: SourceAdapter = {
  kind: "requesty",
  title: "Requesty router",
  defaultUrl: "https://router.requesty.ai/v1/models",
  version: 2,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  parse: createListParser({ names: ["data"], id: "id", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  for (const [field, declaration] of DECLARED) draft.charge(field, entry[field], declaration);
  offerDefault(sheet, { seller: "requesty", model: id, listing: id }, draft.finish(), readFacts(entry, FACTS));
}
