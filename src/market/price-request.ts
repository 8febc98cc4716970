import { z } from "zod";
import { chargeKey, type Charge } from "#/price/charge.ts";
import { parseDecimal, shiftPoint } from "#/price/decimal.ts";
import { changeOffers, correctOffers, listFeedOffers, misstateOffers, type Catalog } from "#/market/catalog.ts";
import { FEEDS, type Feed } from "#/market/feed.ts";
import { litellmKey } from "#/market/litellm-document.ts";
import { marketOfferKey, type MarketOffer, type Saying } from "#/market/market-offer.ts";
import { modelsDevId } from "#/market/models-dev-document.ts";
import { openrouterId } from "#/market/openrouter-document.ts";
import { METERS, type Meter, type Unit } from "#/terms/meter.ts";

const amountText = z
  .string({ error: "must be a decimal as a string, so that it stays exact" })
  .transform((text, ctx) => {
    const amount = parseDecimal(text);
    if (amount !== undefined) return amount;
    ctx.addIssue({ code: "custom", message: "not a decimal number" });
    return z.NEVER;
  });

/** What `PUT /market/prices` takes. `usdPerMillion` counts the meter's own unit; `null` takes the charge away. */
export const priceRequestSchema = z.strictObject({
  feed: z.enum(FEEDS).optional(),
  seller: z.string().optional(),
  model: z.string(),
  variant: z.string().default("default"),
  meter: z.enum(METERS),
  above: z.int().positive().optional(),
  usdPerMillion: amountText.nullable(),
});

export type PriceRequestInput = z.input<typeof priceRequestSchema>;
export type PriceRequest = z.output<typeof priceRequestSchema>;

/** Where the new price can be read: the feed, its own id for the model, and who sells. */
export type PriceListing = Readonly<{ feed: Feed; seller: string; id: string }>;

const OTHER_UNITS: Partial<Record<Meter, Unit>> = { web_search: "search", request: "request" };

function chargeLine({ meter, above }: PriceRequest): Omit<Charge, "amount"> {
  return { meter, unit: OTHER_UNITS[meter] ?? "token", ...(above !== undefined && { tier: { above } }) };
}

function stateOf(charges: readonly Charge[]): Saying["state"] {
  if (charges.length === 0) return "unknown";
  return charges.every((charge) => charge.amount === "0") ? "free" : "priced";
}

function setCharge(offer: MarketOffer, request: PriceRequest): Saying {
  const { usdPerMillion } = request;
  const line = chargeLine(request);
  const rest = offer.charges.filter((charge) => chargeKey(charge) !== chargeKey(line));
  const charges = usdPerMillion === null ? rest : [...rest, { ...line, amount: shiftPoint(usdPerMillion, -6) }];
  return { state: stateOf(charges), charges };
}

function listingId(catalog: Catalog, feed: Feed, offer: MarketOffer): string {
  const model = catalog.models.get(offer.model);
  if (feed === "openrouter" || !model) return openrouterId(offer);
  return feed === "litellm" ? litellmKey(model, offer) : modelsDevId(model, offer);
}

/**
 * Sets one price, for every seller of the model unless `seller` is given, and in every feed unless `feed` is given.
 * `undefined` when no feed in question lists such an offer.
 */
export function setPrice(
  catalog: Catalog,
  request: PriceRequest,
): { catalog: Catalog; listings: PriceListing[] } | undefined {
  const matches = (offer: MarketOffer): boolean =>
    offer.model === request.model &&
    offer.variant === request.variant &&
    (request.seller === undefined || offer.seller === request.seller);
  const feeds = request.feed ? [request.feed] : FEEDS;
  const listings = feeds.flatMap((feed) =>
    listFeedOffers(catalog, feed)
      .filter(matches)
      .map((offer) => ({ feed, seller: offer.seller, id: listingId(catalog, feed, offer) })),
  );
  if (listings.length === 0) return undefined;
  const change = (offer: MarketOffer): Saying | undefined => (matches(offer) ? setCharge(offer, request) : undefined);
  if (request.feed) return { listings, catalog: misstateOffers(catalog, request.feed, change) };
  const keys = new Set([...catalog.offers.values()].filter(matches).map(marketOfferKey));
  return {
    listings,
    catalog: changeOffers(
      correctOffers(catalog, FEEDS, (key) => keys.has(key)),
      change,
    ),
  };
}
