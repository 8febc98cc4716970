import type { Tier } from "#/price/charge.ts";
import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, type EntryDraft } from "#/sources/entry-draft.ts";
import { isAbsent, isObject, readWhole, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, offerDefault, readPricing, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const UNITS: readonly UnitDeclaration[] = [
  { field: "input", meter: "input", unit: "token", usdPer: 1_000_000 },
  { field: "output", meter: "output", unit: "token", usdPer: 1_000_000 },
  { field: "cache_input", meter: "cache_read", unit: "token", usdPer: 1_000_000 },
  { field: "cache_write", meter: "cache_write", unit: "token", usdPer: 1_000_000 },
];
const DECLARED = declare(UNITS);
const THRESHOLD = "context_token_threshold";

const FACTS: FactFields = { contextTokens: "model_spec.availableContextTokens", mode: "type", releasedOn: "created" };

/** Venice's text models: USD per 1M tokens under `usd` (other currencies beside it are ignored), and one long-context tier. */
export const veniceAdapter: SourceAdapter = {
  kind: "venice",
  title: "Venice",
  defaultUrl: "https://api.venice.ai/api/v1/models?type=text",
  version: 2,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  parse: createListParser({ names: ["data"], id: "id", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  const spec = readPricing(draft, entry["model_spec"], "model_spec");
  const { extended, ...prices } = readPricing(draft, spec["pricing"], "model_spec.pricing");
  readPrices(draft, prices, "model_spec.pricing", undefined);
  if (isObject(extended)) readExtended(draft, extended);
  else if (!isAbsent(extended)) draft.fail("model_spec.pricing.extended", "schema", showValue(extended));
  offerDefault(sheet, { seller: "venice", model: id, listing: id }, draft.finish(), readFacts(entry, FACTS));
}

function readExtended(draft: EntryDraft, { [THRESHOLD]: threshold, ...prices }: PayloadObject): void {
  const above = readWhole(threshold);
  const path = "model_spec.pricing.extended";
  if (above === undefined) return draft.fail(`${path}.${THRESHOLD}`, "schema", showValue(threshold));
  readPrices(draft, prices, path, { above });
}

function readPrices(draft: EntryDraft, prices: PayloadObject, path: string, tier: Tier | undefined): void {
  for (const [field, value] of Object.entries(prices)) {
    const declaration = DECLARED.get(field);
    if (declaration === undefined) {
      if (!isAbsent(value)) draft.refuse(`${path}.${field}`, `undeclared price field: ${showValue(value)}`, value);
    } else if (isObject(value))
      draft.charge(`${path}.${field}.usd`, value["usd"], { ...declaration, ...(tier === undefined ? {} : { tier }) });
    else if (!isAbsent(value)) draft.fail(`${path}.${field}`, "schema", `not an object: ${showValue(value)}`, value);
  }
}
