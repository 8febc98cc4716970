import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, type EntryDraft } from "#/sources/entry-draft.ts";
import { isAbsent, isObject, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { offerDefault, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";
import type { Meter } from "#/terms/meter.ts";

/** What is sold, in the list's own words. */
const SKUS: ReadonlyMap<string, Meter> = new Map([
  ["LLM input tokens (uncached)", "input"],
  ["LLM input tokens (cached)", "cache_read"],
  ["LLM output tokens", "output"],
]);
/** The only unit that has been seen; another one is refused, not guessed. */
const UNIT_LITERAL = "1M tokens";
const UNITS: readonly UnitDeclaration[] = [...SKUS].map(([field, meter]) => ({
  field,
  meter,
  unit: "token",
  usdPer: 1_000_000,
}));

const FACTS: FactFields = {
  contextTokens: "context_length",
  inputModalities: "input_modalities",
  outputModalities: "output_modalities",
};

/** Fireworks' serverless models: an amount and the unit it is for, as a text beside it. The inference list has no prices. */
export const fireworksAdapter: SourceAdapter = {
  kind: "fireworks",
  title: "Fireworks",
  defaultUrl: "https://api.fireworks.ai/v1/serverless/models",
  version: 2,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  needsKey: true,
  parse: createListParser({ names: ["data"], id: "id", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  const prices: unknown = entry["pricing"] ?? [];
  if (!Array.isArray(prices)) draft.fail("pricing", "schema", `not a list: ${showValue(prices)}`, prices);
  const items: readonly unknown[] = Array.isArray(prices) ? prices : [];
  for (const [index, item] of items.entries()) readPrice(draft, item, `pricing[${index}]`);
  offerDefault(sheet, { seller: "fireworks", model: id, listing: id }, draft.finish(), readFacts(entry, FACTS));
}

function readPrice(draft: EntryDraft, item: unknown, path: string): void {
  if (!isObject(item)) return draft.fail(path, "schema", `not an object: ${showValue(item)}`, item);
  const { sku, amount, unit } = item;
  const meter = typeof sku === "string" ? SKUS.get(sku) : undefined;
  if (meter === undefined) return draft.refuse(`${path}.sku`, `undeclared: ${showValue(sku)}`, sku);
  if (unit !== UNIT_LITERAL) return draft.refuse(`${path}.unit`, `not "${UNIT_LITERAL}": ${showValue(unit)}`, unit);
  if (isAbsent(amount)) return;
  draft.charge(`${path}.amount`, amount, { meter, unit: "token", usdPer: 1_000_000 });
}
