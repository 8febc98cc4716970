import type { Charge } from "#/price/charge.ts";
import { FEEDS, type Feed } from "#/market/feed.ts";
import { listOffers } from "#/market/list-offers.ts";
import { marketOfferKey, type MarketOffer, type Saying } from "#/market/market-offer.ts";
import { modelAt, type ModelFacts } from "#/market/model-facts.ts";
import { getSeller, OPENROUTER } from "#/market/seller.ts";

/** The market at one moment. Never changed in place: an edit gives a new one, so a document can be cached by identity. */
export type Catalog = Readonly<{
  seed: number;
  models: ReadonlyMap<string, ModelFacts>;
  /** The truth, by `marketOfferKey`. */
  offers: ReadonlyMap<string, MarketOffer>;
  /** What one feed says instead of the truth. */
  misstated: Readonly<Record<Feed, ReadonlyMap<string, Saying>>>;
  /** Offers that one feed leaves out. */
  hidden: Readonly<Record<Feed, ReadonlySet<string>>>;
}>;

/** One value for each feed. */
export function perFeed<T>(create: (feed: Feed) => T): Record<Feed, T> {
  return {
    openrouter: create("openrouter"),
    litellm: create("litellm"),
    "models-dev": create("models-dev"),
    "genai-prices": create("genai-prices"),
  };
}

function indexOffers(seed: number, models: readonly ModelFacts[]): [string, MarketOffer][] {
  return models.flatMap((model) => listOffers(seed, model)).map((offer) => [marketOfferKey(offer), offer]);
}

/** The same seed and number of models give the same catalogue, byte for byte. */
export function createCatalog({ seed, models }: Readonly<{ seed: number; models: number }>): Catalog {
  const facts = Array.from({ length: models }, (_, index) => modelAt(index));
  return {
    seed,
    models: new Map(facts.map((model) => [model.id, model])),
    offers: new Map(indexOffers(seed, facts)),
    misstated: perFeed(() => new Map<string, Saying>()),
    hidden: perFeed(() => new Set<string>()),
  };
}

/** Brings the next `count` models of the list of names to the market. */
export function addModels(catalog: Catalog, count: number): { catalog: Catalog; added: ModelFacts[] } {
  const added = Array.from({ length: count }, (_, offset) => modelAt(catalog.models.size + offset));
  return {
    added,
    catalog: {
      ...catalog,
      models: new Map([...catalog.models, ...added.map((model) => [model.id, model] as const)]),
      offers: new Map([...catalog.offers, ...indexOffers(catalog.seed, added)]),
    },
  };
}

function carries(feed: Feed, offer: MarketOffer): boolean {
  if (feed === "openrouter") return offer.seller === OPENROUTER;
  if (feed === "litellm") return getSeller(offer.seller).litellm !== undefined;
  if (feed === "genai-prices") return getSeller(offer.seller).genaiPrices !== undefined && offer.variant === "default";
  return offer.seller === OPENROUTER || offer.variant === "default";
}

/** What a feed says now, in the catalogue's order: its own misstatements in, what it hides out. */
export function listFeedOffers(catalog: Catalog, feed: Feed): MarketOffer[] {
  const shown: MarketOffer[] = [];
  for (const [key, offer] of catalog.offers) {
    if (!carries(feed, offer) || catalog.hidden[feed].has(key)) continue;
    shown.push({ ...offer, ...catalog.misstated[feed].get(key) });
  }
  return shown;
}

/** Changes the truth of every offer that `change` gives a new saying for; what a feed misstates stays misstated. */
export function changeOffers(catalog: Catalog, change: (offer: MarketOffer) => Saying | undefined): Catalog {
  const offers = new Map(catalog.offers);
  for (const [key, offer] of catalog.offers) offers.set(key, { ...offer, ...change(offer) });
  return { ...catalog, offers };
}

/** Makes one feed alone say something else about the offers that `change` gives a new saying for. */
export function misstateOffers(
  catalog: Catalog,
  feed: Feed,
  change: (offer: MarketOffer) => Saying | undefined,
): Catalog {
  const misstated = new Map(catalog.misstated[feed]);
  for (const offer of listFeedOffers(catalog, feed)) {
    const saying = change(offer);
    if (saying) misstated.set(marketOfferKey(offer), saying);
  }
  return { ...catalog, misstated: { ...catalog.misstated, [feed]: misstated } };
}

/** The named feeds tell the truth again about the offers that `when` holds for. */
export function correctOffers(
  catalog: Catalog,
  feeds: readonly Feed[],
  when: (key: string) => boolean = () => true,
): Catalog {
  const keep = (feed: Feed, key: string): boolean => !feeds.includes(feed) || !when(key);
  return {
    ...catalog,
    misstated: perFeed((feed) => new Map([...catalog.misstated[feed]].filter(([key]) => keep(feed, key)))),
  };
}

/** Leaves offers out of some feeds; `showAll` brings everything back. */
export function hideOffers(catalog: Catalog, feeds: readonly Feed[], hide: (offer: MarketOffer) => boolean): Catalog {
  const keys = [...catalog.offers].filter(([, offer]) => hide(offer)).map(([key]) => key);
  return {
    ...catalog,
    hidden: perFeed((feed) =>
      feeds.includes(feed) ? new Set([...catalog.hidden[feed], ...keys]) : catalog.hidden[feed],
    ),
  };
}

export function showAll(catalog: Catalog): Catalog {
  return { ...catalog, hidden: perFeed(() => new Set<string>()) };
}

/** Models that some feed shows otherwise than it did in `before`, sorted. */
export function listChangedModels(before: Catalog, after: Catalog): string[] {
  const changed = new Set<string>();
  for (const feed of FEEDS) {
    const old = new Map(listFeedOffers(before, feed).map((offer) => [marketOfferKey(offer), offer]));
    for (const offer of listFeedOffers(after, feed)) {
      const key = marketOfferKey(offer);
      const previous = old.get(key);
      old.delete(key);
      if (!previous || !sameSaying(previous, offer)) changed.add(offer.model);
    }
    for (const gone of old.values()) changed.add(gone.model);
  }
  return [...changed].toSorted();
}

const sameCharges = (a: readonly Charge[], b: readonly Charge[]): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

function sameSaying(a: Saying, b: Saying): boolean {
  return a.state === b.state && sameCharges(a.charges, b.charges);
}
