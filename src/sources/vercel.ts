import { withCondition } from "#/price/variant.ts";
import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, hasPaidCharge, type EntryDraft } from "#/sources/entry-draft.ts";
import { isAbsent, isObject, isUsableId, readWhole, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, readDeclared, readPricing, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const UNITS: readonly UnitDeclaration[] = [
  { field: "input", meter: "input", unit: "token", usdPer: 1 },
  { field: "output", meter: "output", unit: "token", usdPer: 1 },
  { field: "input_cache_read", meter: "cache_read", unit: "token", usdPer: 1 },
  { field: "input_cache_write", meter: "cache_write", unit: "token", usdPer: 1 },
  { field: "web_search", meter: "web_search", unit: "search", usdPer: 1000 },
  { field: "image", meter: "output_image", unit: "image", usdPer: 1 },
];
const DECLARED = declare(UNITS);
const TIERS = UNITS.map(({ field }) => `${field}_tiers`);
const SERVICE_VARIANTS = ["flex", "priority", "batch"];
const OTHERWISE_READ = [...TIERS, "service_tiers", "fast", "regional", "varies_by_provider"];

const FACTS: FactFields = {
  contextTokens: "context_window",
  outputTokens: "max_tokens",
  mode: "type",
  releasedOn: "released",
};

/**
 * Vercel's gateway: USD per token as texts, web searches per 1,000, images each. A tier `[min, max)` with `min` 200001 begins
 * above 200,000. A region's prices are a variant. What is priced by the hour depends on more than the list says, and is refused.
 */
export const vercelAdapter: SourceAdapter = {
  kind: "vercel",
  title: "Vercel AI Gateway",
  defaultUrl: "https://ai-gateway.vercel.sh/v1/models",
  version: 3,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  parse: createListParser({ names: ["data"], id: "id", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  const pricing = readPricing(draft, entry["pricing"], "pricing");
  const key = { seller: "vercel", model: id, listing: id, ...readFacts(entry, FACTS) };
  if (pricing["varies_by_provider"] === true)
    return sheet.offer({ ...key, variant: "default", state: "varies", charges: [] });
  readDeclared(draft, pricing, DECLARED, { path: "pricing", ignored: OTHERWISE_READ });
  for (const declaration of UNITS) readTiers(draft, pricing, declaration);
  readServiceTiers(draft, pricing["service_tiers"]);
  readPrices(draft, pricing["fast"], "pricing.fast", "speed=fast");
  readRegions(draft, pricing["regional"]);
  const { variants, faults } = draft.finish();
  for (const variant of new Set(["default", ...variants.keys()])) {
    const charges = variants.get(variant) ?? [];
    const isPriced = hasPaidCharge(charges);
    sheet.offer({
      ...key,
      variant,
      state: isPriced ? "priced" : "unknown",
      charges: isPriced ? charges : [],
      ...faults,
    });
  }
}

function readTiers(draft: EntryDraft, pricing: PayloadObject, declaration: UnitDeclaration): void {
  const path = `pricing.${declaration.field}_tiers`;
  const tiers = pricing[`${declaration.field}_tiers`];
  if (isAbsent(tiers)) return;
  if (!Array.isArray(tiers)) return draft.fail(path, "schema", `not a list: ${showValue(tiers)}`, tiers);
  const items: readonly unknown[] = tiers;
  for (const [index, item] of items.entries()) {
    const least = isObject(item) ? readWhole(item["min"]) : undefined;
    if (!isObject(item) || least === undefined)
      draft.fail(`${path}[${index}]`, "schema", `no usable tier: ${showValue(item)}`, item);
    else draft.charge(`${path}[${index}].cost`, item["cost"], { ...declaration, ...tierFrom(least) });
  }
}

/** `min` is the first token of the tier; a round number is a boundary stated without its one. */
function tierFrom(least: number): { tier?: { above: number } } {
  if (least === 0) return {};
  return { tier: { above: least % 1000 === 1 ? least - 1 : least } };
}

function readServiceTiers(draft: EntryDraft, tiers: unknown): void {
  if (isAbsent(tiers)) return;
  if (!isObject(tiers))
    return draft.fail("pricing.service_tiers", "schema", `not an object: ${showValue(tiers)}`, tiers);
  for (const [name, prices] of Object.entries(tiers)) {
    const path = `pricing.service_tiers.${name}`;
    if (SERVICE_VARIANTS.includes(name)) readPrices(draft, prices, path, name);
    else draft.refuse(path, "an undeclared service tier");
  }
}

function readRegions(draft: EntryDraft, regions: unknown): void {
  if (isAbsent(regions)) return;
  if (!isObject(regions))
    return draft.fail("pricing.regional", "schema", `not an object: ${showValue(regions)}`, regions);
  for (const [region, prices] of Object.entries(regions)) {
    const path = `pricing.regional.${region}`;
    if (isUsableId(region)) readPrices(draft, prices, path, withCondition("default", "region", region));
    else draft.refuse(path, "no usable name for a region");
  }
}

function readPrices(draft: EntryDraft, prices: unknown, path: string, variant: string): void {
  if (isAbsent(prices)) return;
  if (!isObject(prices)) return draft.fail(path, "schema", `not an object: ${showValue(prices)}`, prices);
  const { long_context: long, ...base } = prices;
  for (const [field, value] of Object.entries(base)) {
    const declaration = DECLARED.get(field);
    if (declaration !== undefined) draft.charge(`${path}.${field}`, value, declaration, variant);
    else if (!isAbsent(value)) draft.refuse(`${path}.${field}`, `undeclared price field: ${showValue(value)}`, value);
  }
  if (isAbsent(long)) return;
  const above = isObject(long) ? readWhole(long["threshold"]) : undefined;
  if (!isObject(long) || above === undefined) return draft.fail(`${path}.long_context`, "schema", showValue(long));
  for (const [field, declaration] of DECLARED)
    draft.charge(`${path}.long_context.${field}`, long[field], { ...declaration, tier: { above } }, variant);
}
