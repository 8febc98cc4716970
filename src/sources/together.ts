import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft } from "#/sources/entry-draft.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isObject, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { declare, offerDefault, readDeclared, readPricing } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const UNITS: readonly UnitDeclaration[] = [
  { field: "input", meter: "input", unit: "token", usdPer: 1_000_000 },
  { field: "output", meter: "output", unit: "token", usdPer: 1_000_000 },
  { field: "cachedInput", meter: "cache_read", unit: "token", usdPer: 1_000_000 },
];
const DECLARED = declare(UNITS);
/** Hours of dedicated hardware and fine-tuning are not what a request costs. */
const NOT_PER_REQUEST = ["hourly", "base", "finetune"];

const parseOlder = createListParser({ names: [], id: "id", readEntry });
const parseNewer = createListParser({ names: ["data"], id: "serverlessEndpoint", readEntry, isPaged: true });

const FACTS: FactFields = { contextTokens: "context_length", mode: "type" };

/** Together's list of models, and the newer one of what is served without dedicated hardware, in pages: USD per 1M tokens. */
export const togetherAdapter: SourceAdapter = {
  kind: "together",
  title: "Together",
  defaultUrl: "https://api.together.ai/v2/supported-models?product=PRODUCT_SERVERLESS&limit=200",
  version: 2,
  units: UNITS,
  zeroRule: "0 for input and output may mean that a model runs on dedicated hardware only: it is unknown, never free.",
  needsKey: true,
  nextPage(page, url) {
    const json = parseLossless(page);
    const cursor = json.ok && isObject(json.value) ? json.value["next_cursor"] : undefined;
    if (typeof cursor !== "string" || cursor === "") return undefined;
    const next = new URL(url);
    next.searchParams.set("cursor", cursor);
    return next.href;
  },
  // A payload is a list of pages: the newer list has objects there, the older one is a page that is a list itself.
  parse(text, context) {
    const json = parseLossless(text);
    if (!json.ok) return json;
    const pages: readonly unknown[] = Array.isArray(json.value) ? json.value : [json.value];
    const isNewer = pages.some((page) => isObject(page) && "data" in page);
    const isNested = pages.length === 1 && Array.isArray(pages[0]);
    return isNewer ? parseNewer(text, context) : parseOlder(isNested ? text.trim().slice(1, -1) : text, context);
  },
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  const pricing = readPricing(draft, entry["pricing"], "pricing");
  readDeclared(draft, pricing, DECLARED, { path: "pricing", ignored: NOT_PER_REQUEST });
  offerDefault(sheet, { seller: "together", model: id, listing: id }, draft.finish(), readFacts(entry, FACTS));
}
