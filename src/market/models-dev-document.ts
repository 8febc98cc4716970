import type { Charge } from "#/price/charge.ts";
import { shiftPoint } from "#/price/decimal.ts";
import { listFeedOffers, type Catalog } from "#/market/catalog.ts";
import { jsonText, memberText, type FeedEntry, type Json, type JsonObject } from "#/market/feed-entry.ts";
import type { MarketOffer, Saying } from "#/market/market-offer.ts";
import type { ModelFacts } from "#/market/model-facts.ts";
import { plainNumber } from "#/market/number-text.ts";
import { openrouterId } from "#/market/openrouter-document.ts";
import { getSeller, OPENROUTER } from "#/market/seller.ts";
import { spellId } from "#/market/spell-id.ts";
import type { Meter } from "#/terms/meter.ts";

const METERS: readonly Meter[] = [
  "input",
  "output",
  "reasoning",
  "cache_read",
  "cache_write",
  "input_audio",
  "output_audio",
];

/** models.dev states USD per 1M tokens. */
function costFields(charges: readonly Charge[], above?: number): JsonObject {
  const fields: Record<string, Json> = {};
  for (const meter of METERS) {
    const charge = charges.find((one) => one.meter === meter && one.tier?.above === above && !one.window);
    if (charge) fields[meter] = plainNumber(shiftPoint(charge.amount, 6));
  }
  return fields;
}

/** `tiers` and the legacy `context_over_200k` say the same thing twice, as the real file does. */
function costOf({ state, charges }: Saying): JsonObject | undefined {
  if (state === "unknown" || state === "varies") return undefined;
  const [above] = charges.flatMap((charge) => charge.tier?.above ?? []);
  if (above === undefined) return costFields(charges);
  const tier = costFields(charges, above);
  return {
    ...costFields(charges),
    tiers: [{ ...tier, tier: { type: "context", size: above } }],
    context_over_200k: tier,
  };
}

const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

/** The id that a seller's offer has in models.dev. */
export function modelsDevId(model: ModelFacts, offer: MarketOffer): string {
  return offer.seller === OPENROUTER ? openrouterId(offer) : spellId(getSeller(offer.seller).spelling, model);
}

function modelEntry(model: ModelFacts, offer: MarketOffer): FeedEntry {
  const { traits } = model;
  const id = modelsDevId(model, offer);
  const cost = costOf(offer);
  const value: JsonObject = {
    id,
    name: model.title,
    description: `Simulated ${model.family} model`,
    family: model.family,
    attachment: traits.has("vision"),
    reasoning: traits.has("reasoning"),
    tool_call: true,
    temperature: true,
    release_date: day(model.createdSeconds),
    last_updated: day(model.createdSeconds),
    modalities: { input: model.inputs, output: model.outputs },
    open_weights: traits.has("open"),
    limit: { context: model.contextTokens, output: model.maxOutputTokens },
    ...(cost && { cost }),
  };
  return { key: id, seller: offer.seller, value };
}

/** One entry for each seller and model. */
export function modelsDevEntries(catalog: Catalog): FeedEntry[] {
  return listFeedOffers(catalog, "models-dev").flatMap((offer) => {
    const model = catalog.models.get(offer.model);
    return model ? [modelEntry(model, offer)] : [];
  });
}

function sellerText(id: string, entries: readonly FeedEntry[]): string {
  const { env, npm, name, doc } = getSeller(id);
  const head = jsonText({ id, env: [env], npm, name, doc });
  const models = entries.map(({ key, value }) => memberText(key, jsonText(value))).join(",");
  return memberText(id, `${head.slice(0, -1)},"models":{${models}}}`);
}

/** `{"<seller>":{"id":…,"env":[…],"npm":…,"name":…,"doc":…,"models":{…}},…}` */
export function modelsDevText(entries: readonly FeedEntry[]): string {
  const sellers = Map.groupBy(entries, ({ seller }) => seller);
  return `{${[...sellers].map(([id, own]) => sellerText(id, own)).join(",")}}`;
}
