import type { Tier } from "#/price/charge.ts";
import type { UnitDeclaration } from "#/sources/adapter.ts";
import type { EntryDraft } from "#/sources/entry-draft.ts";
import { isAbsent, isObject, readWhole, showValue, type PayloadObject } from "#/sources/payload-shape.ts";

/** USD per 1,000,000 tokens. */
export const MODELS_DEV_UNITS: readonly UnitDeclaration[] = [
  { field: "input", meter: "input", unit: "token", usdPer: 1_000_000 },
  { field: "output", meter: "output", unit: "token", usdPer: 1_000_000 },
  { field: "cache_read", meter: "cache_read", unit: "token", usdPer: 1_000_000 },
  { field: "cache_write", meter: "cache_write", unit: "token", usdPer: 1_000_000 },
  { field: "reasoning", meter: "reasoning", unit: "token", usdPer: 1_000_000 },
  { field: "input_audio", meter: "input_audio", unit: "token", usdPer: 1_000_000 },
  { field: "output_audio", meter: "output_audio", unit: "token", usdPer: 1_000_000 },
];
const DECLARED = new Map(MODELS_DEV_UNITS.map((declaration) => [declaration.field, declaration]));

/** Reads one `cost` object into the charges of one variant. */
export function readCost(draft: EntryDraft, cost: unknown, path: string, variant: string): void {
  if (isAbsent(cost)) return;
  if (!isObject(cost)) return draft.fail(path, "schema", `not an object: ${showValue(cost)}`, cost);
  const { tiers, context_over_200k: over200k, ...prices } = cost;
  for (const [field, value] of Object.entries(prices)) {
    const declaration = DECLARED.get(field);
    if (declaration) draft.charge(`${path}.${field}`, value, declaration, variant);
    else if (!isAbsent(value)) draft.refuse(`${path}.${field}`, `undeclared price field: ${showValue(value)}`, value);
  }
  const tierList: unknown = tiers ?? [];
  if (!Array.isArray(tierList)) return draft.fail(`${path}.tiers`, "schema", `not a list: ${showValue(tiers)}`, tiers);
  const items: readonly unknown[] = tierList;
  for (const [index, item] of items.entries()) readTier(draft, item, `${path}.tiers[${index}]`, variant);
  // The older spelling of the same tier.
  if (items.length === 0 && !isAbsent(over200k))
    readTierPrices(draft, over200k, `${path}.context_over_200k`, { above: 200_000 }, variant);
}

function readTier(draft: EntryDraft, item: unknown, path: string, variant: string): void {
  if (!isObject(item)) return draft.fail(path, "schema", `not an object: ${showValue(item)}`, item);
  const { tier, ...prices } = item;
  if (!isObject(tier)) return draft.refuse(path, "a price tier that does not say what it counts");
  const { type, size, ...rest } = tier;
  const [more] = Object.keys(rest);
  if (type !== "context") return draft.refuse(path, `a price tier by ${showValue(type)}`);
  if (more !== undefined) return draft.refuse(path, `a price tier that also depends on ${showValue(more, 40)}`);
  const above = readWhole(size);
  if (above === undefined) return draft.fail(`${path}.tier.size`, "schema", showValue(size));
  readTierPrices(draft, prices, path, { above }, variant);
}

/** Reads the prices above a boundary. */
export function readTierPrices(draft: EntryDraft, prices: unknown, path: string, tier: Tier, variant: string): void {
  if (!isObject(prices)) return draft.fail(path, "schema", `not an object: ${showValue(prices)}`, prices);
  const strange = findStrangeKey(prices);
  if (strange !== undefined) return draft.refuse(path, `prices that also depend on ${showValue(strange, 40)}`);
  for (const [field, declaration] of DECLARED)
    draft.charge(`${path}.${field}`, prices[field], { ...declaration, tier }, variant);
}

function findStrangeKey(prices: PayloadObject): string | undefined {
  return Object.keys(prices).find((key) => !DECLARED.has(key));
}
