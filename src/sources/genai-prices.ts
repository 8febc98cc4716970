import type { Window } from "#/price/charge.ts";
import type { UpcomingAsk } from "#/price/offer.ts";
import type { SourceAdapter, UnitDeclaration, ParseContext, ParseOutcome } from "#/sources/adapter.ts";
import { createEntryDraft, hasPaidCharge, type EntryDraft } from "#/sources/entry-draft.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isAbsent, isObject, isUsableId, readWhole, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields, type ReadFacts } from "#/sources/read-facts.ts";
import { declare, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createSheetDraft, type SheetDraft } from "#/sources/sheet-draft.ts";

const PER_MILLION = { unit: "token", usdPer: 1_000_000 } as const;

/** `…_mtok` is USD per 1M tokens, `…_kcount` USD per 1,000. */
export const GENAI_UNITS: readonly UnitDeclaration[] = [
  { field: "input_mtok", meter: "input", ...PER_MILLION },
  { field: "output_mtok", meter: "output", ...PER_MILLION },
  { field: "cache_read_mtok", meter: "cache_read", ...PER_MILLION },
  { field: "cache_write_mtok", meter: "cache_write", ...PER_MILLION },
  { field: "cache_write_1h_mtok", meter: "cache_write_1h", ...PER_MILLION },
  { field: "output_reasoning_mtok", meter: "reasoning", ...PER_MILLION },
  { field: "input_audio_mtok", meter: "input_audio", ...PER_MILLION },
  { field: "output_audio_mtok", meter: "output_audio", ...PER_MILLION },
  { field: "cache_audio_read_mtok", meter: "cache_read_audio", ...PER_MILLION },
  { field: "cache_image_read_mtok", meter: "cache_read_image", ...PER_MILLION },
  { field: "input_image_mtok", meter: "input_image", ...PER_MILLION },
  { field: "output_image_mtok", meter: "output_image", ...PER_MILLION },
  { field: "input_video_mtok", meter: "input_video", ...PER_MILLION },
  { field: "output_video_mtok", meter: "output_video", ...PER_MILLION },
  { field: "output_citation_mtok", meter: "citation", ...PER_MILLION },
  { field: "requests_kcount", meter: "request", unit: "request", usdPer: 1000 },
  { field: "web_searches_kcount", meter: "web_search", unit: "search", usdPer: 1000 },
];
const DECLARED = declare(GENAI_UNITS);

const FACTS: FactFields = { contextTokens: "context_window" };

/**
 * The price data of genai-prices: sellers, their models, and prices that may depend on the day or on the time of day, the last
 * one that is active counting. Its match rules are not ids; only a model's own id is one.
 */
export const genaiPricesAdapter: SourceAdapter = {
  kind: "genai-prices",
  title: "genai-prices",
  defaultUrl: "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json",
  version: 3,
  units: GENAI_UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  parse(text, context): ParseOutcome {
    const json = parseLossless(text);
    if (!json.ok) return json;
    const providers: unknown = isObject(json.value) ? json.value["providers"] : json.value;
    if (!Array.isArray(providers))
      return problem("wrong_root", `Expected a list of sellers, got ${showValue(json.value)}.`);
    const sellers: readonly unknown[] = providers;
    if (sellers.length === 0) return problem("empty", "The list holds no seller.");
    if (!sellers.some(isObject)) return problem("wrong_root", "No item of the list is a seller.");
    const sheet = createSheetDraft(json.duplicateKeys);
    for (const [index, seller] of sellers.entries()) readSeller(sheet, seller, `[${index}]`, context);
    return { ok: true, sheet: sheet.finish() };
  },
};

function problem(code: "wrong_root" | "empty", message: string): ParseOutcome {
  return { ok: false, problem: { code, message } };
}

function readSeller(sheet: SheetDraft, value: unknown, position: string, context: ParseContext): void {
  const seller = isObject(value) ? value["id"] : undefined;
  if (!isObject(value) || !isUsableId(seller))
    return sheet.reject(position, "schema", `no usable seller: ${showValue(seller)}`);
  const models: unknown = value["models"];
  if (!Array.isArray(models)) return sheet.reject(`${seller}.models`, "schema", `not a list: ${showValue(models)}`);
  const entries: readonly unknown[] = models;
  for (const [index, entry] of entries.entries()) {
    const model = isObject(entry) ? entry["id"] : undefined;
    if (!isObject(entry) || !isUsableId(model))
      sheet.reject(`${seller}.models[${index}]`, "schema", `no usable id: ${showValue(model)}`);
    else readModel(sheet, entry, { seller, model, ...readFacts(entry, FACTS) }, context);
  }
}

type Dated = Readonly<{ prices: PayloadObject; path: string; startDate?: string; window?: Window }>;

type Named = Readonly<{ seller: string; model: string }> & ReadFacts;

function readModel(sheet: SheetDraft, entry: PayloadObject, named: Named, context: ParseContext): void {
  const { seller, model } = named;
  const listing = `${seller}/${model}`;
  const draft = createEntryDraft(sheet, listing);
  const dated = readDated(draft, entry["prices"]);
  const started = dated.filter(({ startDate }) => startDate === undefined || startDate <= context.observedAt);
  const base = started.findLastIndex(({ window }) => window === undefined);
  // Everything before the last one that always applies is overtaken by it.
  for (const item of started.slice(Math.max(0, base))) readPrices(draft, item);
  const { variants, faults } = draft.finish();
  const charges = variants.get("default") ?? [];
  const isPriced = hasPaidCharge(charges);
  const upcoming = dated.flatMap((item) => readUpcoming(sheet, item, listing, context));
  sheet.offer({
    ...named,
    variant: "default",
    listing,
    state: isPriced ? "priced" : "unknown",
    charges: isPriced ? charges : [],
    ...(upcoming.length === 0
      ? {}
      : { upcoming: upcoming.toSorted((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom)) }),
    ...faults,
  });
}

function readUpcoming(sheet: SheetDraft, item: Dated, listing: string, { observedAt }: ParseContext): UpcomingAsk[] {
  if (item.startDate === undefined || item.startDate <= observedAt || item.window !== undefined) return [];
  const draft = createEntryDraft(sheet, listing);
  readPrices(draft, item);
  const { variants, faults } = draft.finish();
  const charges = variants.get("default") ?? [];
  // A price for later that can't be read whole is not announced at all.
  return faults.faults === undefined && hasPaidCharge(charges)
    ? [{ state: "priced", charges, effectiveFrom: item.startDate }]
    : [];
}

function readDated(draft: EntryDraft, value: unknown): Dated[] {
  if (isObject(value)) return [{ prices: value, path: "prices" }];
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) {
    draft.fail("prices", "schema", `neither prices nor a list of them: ${showValue(value)}`, value);
    return [];
  }
  const items: readonly unknown[] = value;
  return items.flatMap((item, index) => readConditional(draft, item, `prices[${index}]`) ?? []);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d(?=:00Z$)/;

function readConditional(draft: EntryDraft, item: unknown, path: string): Dated | undefined {
  const prices = isObject(item) ? item["prices"] : undefined;
  if (!isObject(item) || !isObject(prices)) {
    draft.fail(path, "schema", `no prices: ${showValue(item)}`, item);
    return undefined;
  }
  const { constraint } = item;
  if (isAbsent(constraint)) return { prices, path: `${path}.prices` };
  const { start_date: day, start_time: from, end_time: to, ...rest } = isObject(constraint) ? constraint : {};
  const [strange] = Object.keys(rest);
  const window = readWindow(from, to);
  const isDay = typeof day === "string" && DAY.test(day);
  if (!isObject(constraint) || strange !== undefined || window === "strange" || (!isAbsent(day) && !isDay)) {
    draft.refuse(`${path}.constraint`, "a condition that is not declared");
    return undefined;
  }
  return {
    prices,
    path: `${path}.prices`,
    ...(isDay ? { startDate: `${day}T00:00:00Z` } : {}),
    ...(window === undefined ? {} : { window }),
  };
}

function readWindow(from: unknown, to: unknown): Window | undefined | "strange" {
  if (isAbsent(from) && isAbsent(to)) return undefined;
  const [start] = typeof from === "string" ? (TIME.exec(from) ?? []) : [];
  const [end] = typeof to === "string" ? (TIME.exec(to) ?? []) : [];
  return start === undefined || end === undefined || start === end ? "strange" : { from: start, to: end };
}

/** Reads one object of prices; `path` is what it is called in the entry. */
export function readPrices(draft: EntryDraft, { prices, path, window }: Omit<Dated, "startDate">): void {
  const when = window === undefined ? {} : { window };
  for (const [field, value] of Object.entries(prices)) {
    const declaration = DECLARED.get(field);
    const at = `${path}.${field}`;
    if (declaration === undefined) {
      if (!isAbsent(value)) draft.refuse(at, `undeclared price field: ${showValue(value)}`, value);
    } else if (isObject(value)) readTiers(draft, value, at, { ...declaration, ...when });
    else draft.charge(at, value, { ...declaration, ...when });
  }
}

/** `{base, tiers: [{start, price}]}`: above `start` all of the request costs the tier's price. */
function readTiers(
  draft: EntryDraft,
  { base, tiers, ...rest }: PayloadObject,
  path: string,
  terms: UnitDeclaration & { window?: Window },
): void {
  const [strange] = Object.keys(rest);
  if (strange !== undefined || !Array.isArray(tiers))
    return draft.fail(path, "schema", `not a base with its tiers: ${showValue(strange ?? tiers)}`);
  draft.charge(`${path}.base`, base, terms);
  const items: readonly unknown[] = tiers;
  for (const [index, item] of items.entries()) {
    const above = isObject(item) ? readWhole(item["start"]) : undefined;
    if (!isObject(item) || above === undefined) draft.fail(`${path}.tiers[${index}]`, "schema", showValue(item));
    else draft.charge(`${path}.tiers[${index}].price`, item["price"], { ...terms, tier: { above } });
  }
}
