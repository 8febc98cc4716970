import type { Charge } from "#/price/charge.ts";
import { shiftPoint } from "#/price/decimal.ts";
import { listFeedOffers, type Catalog } from "#/market/catalog.ts";
import { jsonText, type FeedEntry, type Json, type JsonObject } from "#/market/feed-entry.ts";
import type { MarketOffer } from "#/market/market-offer.ts";
import type { ModelFacts } from "#/market/model-facts.ts";
import { modelsDevId } from "#/market/models-dev-document.ts";
import { plainNumber } from "#/market/number-text.ts";
import { getSeller } from "#/market/seller.ts";
import type { Meter } from "#/terms/meter.ts";

/** USD per 1M tokens, and per 1,000 searches. */
const FIELDS: Partial<Record<Meter, readonly [field: string, places: number]>> = {
  input: ["input_mtok", 6],
  output: ["output_mtok", 6],
  cache_read: ["cache_read_mtok", 6],
  cache_write: ["cache_write_mtok", 6],
  cache_write_1h: ["cache_write_1h_mtok", 6],
  reasoning: ["output_reasoning_mtok", 6],
  input_audio: ["input_audio_mtok", 6],
  output_audio: ["output_audio_mtok", 6],
  output_image: ["output_image_mtok", 6],
  web_search: ["web_searches_kcount", 3],
};

function pricesOf(charges: readonly Charge[]): JsonObject {
  const prices: Record<string, Json> = {};
  for (const base of charges.filter(({ tier }) => tier === undefined)) {
    const [field, places] = FIELDS[base.meter] ?? [];
    if (field === undefined || places === undefined) continue;
    const amount = plainNumber(shiftPoint(base.amount, places));
    const tiers = charges.flatMap(({ meter, tier, amount: raised }) =>
      meter === base.meter && tier ? [{ start: tier.above, price: plainNumber(shiftPoint(raised, places)) }] : [],
    );
    prices[field] = tiers.length === 0 ? amount : { base: amount, tiers };
  }
  return prices;
}

function modelEntry(model: ModelFacts, offer: MarketOffer): FeedEntry {
  const id = modelsDevId(model, offer);
  const value: JsonObject = {
    id,
    name: model.title,
    match: { equals: id },
    context_window: model.contextTokens,
    prices: offer.state === "priced" || offer.state === "free" ? pricesOf(offer.charges) : {},
  };
  return { key: id, seller: offer.seller, value };
}

/** One entry for each seller that the catalogue knows and each model. */
export function genaiPricesEntries(catalog: Catalog): FeedEntry[] {
  return listFeedOffers(catalog, "genai-prices").flatMap((offer) => {
    const model = catalog.models.get(offer.model);
    return model ? [modelEntry(model, offer)] : [];
  });
}

/** `[{"id":…,"name":…,"models":[…]},…]` */
export function genaiPricesText(entries: readonly FeedEntry[]): string {
  const sellers = [...Map.groupBy(entries, ({ seller }) => seller)].map(([id, own]) => {
    const { name, doc, genaiPrices = id } = getSeller(id);
    return jsonText({ id: genaiPrices, name, pricing_urls: [doc], models: own.map(({ value }) => value) });
  });
  return `[${sellers.join(",")}]`;
}
