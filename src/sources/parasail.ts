import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft } from "#/sources/entry-draft.ts";
import { isUsableId, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, offerDefault, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const UNITS: readonly UnitDeclaration[] = [
  { field: "inputCost", meter: "input", unit: "token", usdPer: 1_000_000 },
  { field: "outputCost", meter: "output", unit: "token", usdPer: 1_000_000 },
  { field: "cachedCost", meter: "cache_read", unit: "token", usdPer: 1_000_000 },
];
const DECLARED = declare(UNITS);

const FACTS: FactFields = { contextTokens: "contextLength" };

/** Parasail's serverless endpoints: USD per 1M tokens. */
export const parasailAdapter: SourceAdapter = {
  kind: "parasail",
  title: "Parasail",
  defaultUrl: "https://platform.parasail.io/api/v1/prices/serverlessEndpoints",
  version: 2,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  parse: createListParser({ names: [], id: "externalAlias", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  for (const [field, declaration] of DECLARED) draft.charge(field, entry[field], declaration);
  const name = entry["modelName"];
  const model = isUsableId(name) ? name : id;
  offerDefault(sheet, { seller: "parasail", model, listing: id }, draft.finish(), readFacts(entry, FACTS));
}
