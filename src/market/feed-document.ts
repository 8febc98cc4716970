import { decimal, type Decimal } from "#/price/decimal.ts";
import type { Catalog } from "#/market/catalog.ts";
import type { FeedEntry, JsonObject } from "#/market/feed-entry.ts";
import type { Feed } from "#/market/feed.ts";
import { genaiPricesEntries, genaiPricesText } from "#/market/genai-prices-document.ts";
import { litellmEntries, litellmText } from "#/market/litellm-document.ts";
import { modelsDevEntries, modelsDevText } from "#/market/models-dev-document.ts";
import { plainNumber } from "#/market/number-text.ts";
import { openrouterEntries, openrouterText } from "#/market/openrouter-document.ts";

type Format = Readonly<{
  entries: (catalog: Catalog) => FeedEntry[];
  text: (entries: readonly FeedEntry[]) => string;
  /** The object that holds an entry's prices, and its input price in it. */
  prices: readonly [holder: "pricing" | "cost" | "prices" | undefined, input: string];
  /** How the format spells an amount. */
  amount: (value: Decimal) => JsonObject[string];
  /** Well-formed JSON that is not this document. */
  wrongRoot: string;
}>;

const FORMATS: Readonly<Record<Feed, Format>> = {
  openrouter: {
    entries: openrouterEntries,
    text: openrouterText,
    prices: ["pricing", "prompt"],
    amount: (value) => value,
    wrongRoot: '{"error":{"code":502,"message":"upstream unavailable"}}',
  },
  litellm: {
    entries: litellmEntries,
    text: litellmText,
    prices: [undefined, "input_cost_per_token"],
    amount: plainNumber,
    wrongRoot: '["not","a","cost","map"]',
  },
  "models-dev": {
    entries: modelsDevEntries,
    text: modelsDevText,
    prices: ["cost", "input"],
    amount: plainNumber,
    wrongRoot: '[{"id":"not-a-seller"}]',
  },
  "genai-prices": {
    entries: genaiPricesEntries,
    text: genaiPricesText,
    prices: ["prices", "input_mtok"],
    amount: plainNumber,
    wrongRoot: '{"not":"a list of sellers"}',
  },
};

/** What is wrong with the list that a document holds. `keepPercent` of the entries stay, from the top. */
export type Damage = Readonly<{ kind: "empty" | "bad-entries" }> | Readonly<{ kind: "half"; keepPercent: number }>;

function withInput(format: Format, value: JsonObject, input: JsonObject[string]): JsonObject {
  const [holder, field] = format.prices;
  if (holder === undefined) return { ...value, [field]: input };
  return { ...value, [holder]: { [field]: input } };
}

/** Four bad entries beside all the good ones: no id, a negative price, a price in words, and an id given twice. */
function addBadEntries(feed: Feed, entries: readonly FeedEntry[]): FeedEntry[] {
  const format = FORMATS[feed];
  const model = entries.find(({ value }) => value !== null);
  if (!model?.value) return [...entries];
  const { seller, value } = model;
  const named = (id: string): JsonObject => (feed === "litellm" ? value : { ...value, id });
  const bad = (key: string, input: JsonObject[string]): FeedEntry => ({
    key,
    seller,
    value: withInput(format, named(key), input),
  });
  return [
    ...entries,
    feed === "litellm"
      ? { key: "market/null-entry", seller, value: null }
      : { key: "market/null-id", seller, value: { ...value, id: null } },
    bad("market/negative-price", format.amount(decimal("-0.000003"))),
    bad("market/text-price", "contact sales"),
    bad(model.key, format.amount(decimal("0.000777"))),
  ];
}

function damageEntries(feed: Feed, entries: FeedEntry[], damage: Damage | undefined): FeedEntry[] {
  if (!damage) return entries;
  if (damage.kind === "empty") return [];
  if (damage.kind === "half") return entries.slice(0, Math.floor((entries.length * damage.keepPercent) / 100));
  return addBadEntries(feed, entries);
}

/** The whole document as text. */
export function renderFeed(catalog: Catalog, feed: Feed, damage?: Damage): string {
  const format = FORMATS[feed];
  return format.text(damageEntries(feed, format.entries(catalog), damage));
}

/** Well-formed JSON with another root than the feed's. */
export function wrongRootText(feed: Feed): string {
  return FORMATS[feed].wrongRoot;
}
