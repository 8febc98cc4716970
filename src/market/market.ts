import { createCatalog, listChangedModels, listFeedOffers, perFeed, type Catalog } from "#/market/catalog.ts";
import { faultRequestSchema, type Fault } from "#/market/fault.ts";
import { createFaultBoard, type FaultBoard } from "#/market/fault-board.ts";
import { FEED_PATHS, type Feed } from "#/market/feed.ts";
import { setPrice, type PriceListing, type PriceRequest } from "#/market/price-request.ts";
import { createRandom } from "#/market/random.ts";
import { SCRIPT } from "#/market/script.ts";

type Counts = { requests: number; notModified: number; faulted: number };

export type StepAnswer = Readonly<{
  step: number;
  name: string;
  said: string;
  models: readonly string[];
  faults: readonly Fault[];
  /** The name of the step that comes after this one. */
  next: string;
}>;

export type MarketState = Readonly<{
  seed: number;
  models: number;
  step: number;
  /** What the last step did, when there was one. */
  said: string | null;
  next: string;
  faults: readonly Fault[];
  changedModels: readonly string[];
  feeds: Readonly<Record<Feed, Readonly<Counts & { path: string; offers: number }>>>;
}>;

export type Market = Readonly<{
  faults: Pick<FaultBoard, "take" | "clear" | "list">;
  /** Stays until it is used up or cleared, whatever the script does next. */
  setFault: (fault: Fault) => void;
  catalog: () => Catalog;
  /** Adds one to a feed's count. */
  count: (feed: Feed, what: keyof Counts) => void;
  state: () => MarketState;
  step: () => StepAnswer;
  /** `undefined` when no feed in question lists such an offer. */
  setPrice: (request: PriceRequest) => readonly PriceListing[] | undefined;
  /** The catalogue, the script, the faults and the counts as on opening. */
  reset: () => void;
}>;

type Moment = { catalog: Catalog; step: number; said: string | null; counts: Record<Feed, Counts> };

function scriptStep(step: number): (typeof SCRIPT)[number] {
  const found = SCRIPT[step % SCRIPT.length];
  if (!found) throw new RangeError(`no step ${step}`);
  return found;
}

/** The market without its server. */
export function createMarket({ seed, models }: Readonly<{ seed: number; models: number }>): Market {
  const opening = createCatalog({ seed, models });
  const faults = createFaultBoard();
  const openMoment = (): Moment => ({
    catalog: opening,
    step: 0,
    said: null,
    counts: perFeed(() => ({ requests: 0, notModified: 0, faulted: 0 })),
  });
  let now = openMoment();
  let scripted: readonly Feed[] = [];

  function step(): StepAnswer {
    const { name, run } = scriptStep(now.step);
    const result = run(now.catalog, createRandom(seed, "step", now.step));
    for (const feed of scripted) faults.clear(feed);
    const set = (result.faults ?? []).map((fault) => faultRequestSchema.parse(fault));
    for (const fault of set) faults.set(fault);
    scripted = set.map((fault) => fault.feed);
    now = { ...now, catalog: result.catalog, step: now.step + 1, said: result.said };
    const { said, models: touched = [] } = result;
    return { step: now.step, name, said, models: touched, faults: set, next: scriptStep(now.step).name };
  }

  function setOnePrice(request: PriceRequest): readonly PriceListing[] | undefined {
    const result = setPrice(now.catalog, request);
    if (result) now = { ...now, catalog: result.catalog };
    return result?.listings;
  }

  function setFault(fault: Fault): void {
    scripted = scripted.filter((feed) => feed !== fault.feed);
    faults.set(fault);
  }

  return {
    faults,
    setFault,
    catalog: () => now.catalog,
    count: (feed, what) => void now.counts[feed][what]++,
    step,
    setPrice: setOnePrice,
    reset: () => {
      faults.clear();
      scripted = [];
      now = openMoment();
    },
    state: () => ({
      seed,
      models: now.catalog.models.size,
      step: now.step,
      said: now.said,
      next: scriptStep(now.step).name,
      faults: faults.list(),
      changedModels: listChangedModels(opening, now.catalog),
      feeds: perFeed((feed) => ({
        path: FEED_PATHS[feed],
        offers: listFeedOffers(now.catalog, feed).length,
        ...now.counts[feed],
      })),
    }),
  };
}
