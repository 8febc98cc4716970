import type { Tier } from "#/price/charge.ts";
import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, type EntryDraft } from "#/sources/entry-draft.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isAbsent, isObject, readWhole, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { offerDefault, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";
import type { Meter } from "#/terms/meter.ts";

const TYPES: ReadonlyMap<string, Meter> = new Map([
  ["input_token", "input"],
  ["output_token", "output"],
  ["cache_read_token", "cache_read"],
]);
/** The international site's wording; the one in China names yuan, and is refused. */
const UNIT_LITERAL = "Per 1M tokens";
const UNITS: readonly UnitDeclaration[] = [...TYPES].map(([field, meter]) => ({
  field,
  meter,
  unit: "token",
  usdPer: 1_000_000,
}));
const PAGE_SIZE_KEY = "page_size";

const FACTS: FactFields = { releasedOn: "published_time" };

/** DashScope's model list outside China, in pages: prices with their unit as a text, tiers as ranges in words. */
export const alibabaAdapter: SourceAdapter = {
  kind: "alibaba",
  title: "Alibaba DashScope (international)",
  defaultUrl: "https://dashscope-intl.aliyuncs.com/api/v1/models?page_no=1&page_size=100",
  version: 2,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  needsKey: true,
  nextPage(page, url) {
    const json = parseLossless(page);
    const output = json.ok && isObject(json.value) ? json.value["output"] : undefined;
    const total = isObject(output) ? readWhole(output["total"]) : undefined;
    const next = new URL(url);
    const pageNo = Number(next.searchParams.get("page_no") ?? "1");
    const size = Number(next.searchParams.get(PAGE_SIZE_KEY) ?? "100");
    if (total === undefined || !Number.isSafeInteger(pageNo * size) || pageNo * size >= total) return undefined;
    next.searchParams.set("page_no", String(pageNo + 1));
    return next.href;
  },
  parse: createListParser({ names: ["output.models"], id: "model", readEntry, isPaged: true }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  const ranges: unknown = entry["prices"] ?? [];
  if (!Array.isArray(ranges)) draft.fail("prices", "schema", `not a list: ${showValue(ranges)}`, ranges);
  const items: readonly unknown[] = Array.isArray(ranges) ? ranges : [];
  for (const [index, range] of items.entries()) readRange(draft, range, `prices[${index}]`);
  offerDefault(sheet, { seller: "alibaba", model: id, listing: id }, draft.finish(), readFacts(entry, FACTS));
}

function readRange(draft: EntryDraft, range: unknown, path: string): void {
  const prices = isObject(range) ? range["prices"] : undefined;
  if (!isObject(range) || !Array.isArray(prices))
    return draft.fail(path, "schema", `no prices: ${showValue(range)}`, range);
  const tier = readTier(range["range_name"]);
  if (tier === "strange")
    return draft.refuse(`${path}.range_name`, `not a range: ${showValue(range["range_name"])}`, range["range_name"]);
  const items: readonly unknown[] = prices;
  for (const [index, price] of items.entries()) readPrice(draft, price, `${path}.prices[${index}]`, tier);
}

const RANGE = /^(?:(\d{1,5})([km])<)?input(?:<=(\d{1,5})([km]))?$/;

/** `Input<=256k` begins at nothing, `256k<Input<=1m` above 256,000: sellers count a thousand to the k. */
function readTier(name: unknown): Tier | undefined | "strange" {
  if (isAbsent(name) || name === "") return undefined;
  const match = typeof name === "string" ? RANGE.exec(name.toLowerCase().replaceAll(/\s/g, "")) : null;
  if (match === null) return "strange";
  const [, digits, letter] = match;
  if (digits === undefined) return undefined;
  return { above: Number(digits) * (letter === "m" ? 1_000_000 : 1_000) };
}

function readPrice(draft: EntryDraft, item: unknown, path: string, tier: Tier | undefined): void {
  if (!isObject(item)) return draft.fail(path, "schema", `not an object: ${showValue(item)}`, item);
  const { type, price, price_unit: unit } = item;
  const meter = typeof type === "string" ? TYPES.get(type) : undefined;
  if (meter === undefined) return draft.refuse(`${path}.type`, `undeclared: ${showValue(type)}`, type);
  if (unit !== UNIT_LITERAL)
    return draft.refuse(`${path}.price_unit`, `not "${UNIT_LITERAL}": ${showValue(unit)}`, unit);
  draft.charge(`${path}.price`, price, {
    meter,
    unit: "token",
    usdPer: 1_000_000,
    ...(tier === undefined ? {} : { tier }),
  });
}
