import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft } from "#/sources/entry-draft.ts";
import type { PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, offerDefault, readDeclared, readPricing, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const UNITS: readonly UnitDeclaration[] = [
  { field: "prompt", meter: "input", unit: "token", usdPer: 1 },
  { field: "completion", meter: "output", unit: "token", usdPer: 1 },
  { field: "input_cache_read", meter: "cache_read", unit: "token", usdPer: 1 },
  { field: "image", meter: "input_image", unit: "image", usdPer: 1 },
  { field: "request", meter: "request", unit: "request", usdPer: 1 },
];
const DECLARED = declare(UNITS);

const FACTS: FactFields = { contextTokens: "context_length" };

/** The verbose list of Nebius: USD per token, as texts; `image` and `request` per one of them. */
export const nebiusAdapter: SourceAdapter = {
  kind: "nebius",
  title: "Nebius Token Factory",
  defaultUrl: "https://api.tokenfactory.nebius.com/v1/models?verbose=true",
  version: 2,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  needsKey: true,
  parse: createListParser({ names: ["data"], id: "id", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  readDeclared(draft, readPricing(draft, entry["pricing"], "pricing"), DECLARED, { path: "pricing" });
  offerDefault(sheet, { seller: "nebius", model: id, listing: id }, draft.finish(), readFacts(entry, FACTS));
}
