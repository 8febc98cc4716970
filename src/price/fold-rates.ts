import type { Charge } from "#/price/charge.ts";
import { fingerprintOffer } from "#/price/fingerprint.ts";
import type { Ask } from "#/price/offer.ts";
import { resolveRate, type RatePart, type ResolvedRate } from "#/price/resolve-rate.ts";
import type { Meter } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

/** An instant as whole microseconds since 1970, as exact as the database's. */
export type Micros = number;

/** What one listing asked from an instant on, until its next step. `ask` is null while the listing is gone. */
export type ListingStep = Readonly<{
  from: Micros;
  ask: Ask | null;
  /** Of the ask, where it need not be worked out again. */
  fingerprint?: string | undefined;
  origin: SourceOrigin;
}>;

/** Where charges come from: a step of a source's history. */
export type SourceOrigin = Readonly<{
  source: string;
  /** The source's own id of the entry. */
  listing: string;
  /** The history row's id. */
  historyId: string;
}>;
/** One source's entry; `precedence` orders the listings of one source by how they spell the seller. */
export type Listing = Readonly<{ precedence: number; steps: readonly ListingStep[] }>;

/** A pin in force in `[from, to)`; `to` is null while nothing ends it. */
export type PinSpan = Readonly<{
  id: string;
  from: Micros;
  to: Micros | null;
  meter: Meter | null;
  state: OfferState;
  charges: readonly Charge[];
}>;

/** The order of all sources from an instant on, the first counts most. One that it does not name comes after all that it names. */
export type RankOrder = Readonly<{ from: Micros; names: readonly string[] }>;

/** Everything that decides one (seller, model, variant). Steps, pins and orders stand in the order of their instants. */
export type RateFacts = Readonly<{ listings: readonly Listing[]; pins: readonly PinSpan[] }>;

/** Where a rate's charges come from. The first names no meters when it answers for all that the others don't name. */
export type RateOrigin = Readonly<{
  source?: string;
  listing?: string;
  historyId?: string;
  pinId?: string;
  /** The meters that it answers for; absent: all that no other origin names. */
  meters?: readonly Meter[];
  /** Taken from another source, since the sheet in force lacks the meter. */
  isFilled?: true;
}>;

/** The rate from an instant on. `isEmpty`: no source lists it any more and nothing is pinned. */
export type RateSegment = Readonly<{
  from: Micros;
  state: OfferState;
  charges: readonly Charge[];
  fingerprint: string;
  origins: readonly RateOrigin[];
  isEmpty: boolean;
}>;

/**
 * The timeline of one rate from `since` on, as the facts say it: one segment for each time at which the price, or where it
 * comes from, is another. The first begins at `since`. Pure; `orders` is never empty.
 */
export function foldRates(facts: RateFacts, orders: readonly RankOrder[], since: Micros): RateSegment[] {
  const segments: RateSegment[] = [];
  for (const from of listInstants(facts, orders, since)) {
    const segment = rateAt(facts, orders, from);
    const last = segments.at(-1);
    if (last === undefined || !isSameRate(last, segment)) segments.push(segment);
  }
  return segments;
}

/** Whether two rates have the same price from the same sources and pins. */
export function isSameRate(a: Comparable, b: Comparable): boolean {
  return a.fingerprint === b.fingerprint && originKey(a.origins) === originKey(b.origins);
}
type Comparable = Pick<RateSegment, "fingerprint" | "origins">;

// Which row of a source's history it was is not compared: a source that says the same again changes nothing.
function originKey(origins: readonly RateOrigin[]): string {
  return origins
    .map(
      ({ source = "", pinId = "", meters = [], isFilled = false }) => `${source}|${pinId}|${meters.join()}|${isFilled}`,
    )
    .join("\n");
}

function listInstants({ listings, pins }: RateFacts, orders: readonly RankOrder[], since: Micros): Micros[] {
  const instants = [
    ...listings.flatMap(({ steps }) => steps.map(({ from }) => from)),
    ...pins.flatMap(({ from, to }) => (to === null ? [from] : [from, to])),
    ...(listings.length > 1 ? orders.map(({ from }) => from) : []),
  ].filter((instant) => instant > since);
  return [since, ...new Set(instants.toSorted((a, b) => a - b))];
}

function rateAt({ listings, pins }: RateFacts, orders: readonly RankOrder[], at: Micros): RateSegment {
  const names = (orders.findLast(({ from }) => from <= at) ?? orders[0])?.names ?? [];
  const rankOf = (source: string) => {
    const rank = names.indexOf(source);
    return rank === -1 ? names.length : rank;
  };
  const standing = listings
    .flatMap(({ precedence, steps }) => {
      const step = steps.findLast(({ from }) => from <= at);
      return step?.ask ? [{ ...step.ask, ...step.origin, fingerprint: step.fingerprint, precedence }] : [];
    })
    .toSorted(
      (a, b) =>
        rankOf(a.source) - rankOf(b.source) ||
        compareTexts(a.source, b.source) ||
        a.precedence - b.precedence ||
        compareTexts(a.listing, b.listing),
    );
  const pinned = pins.filter(({ from, to }) => from <= at && (to === null || to > at));
  const { state, charges, parts } = resolveRate(standing, pinned);
  const origins = parts.length > 0 ? parts.map(describeOrigin) : standing.slice(0, 1).map(originOf);
  const isEmpty = standing.length === 0 && pinned.length === 0;
  return { from: at, state, charges, fingerprint: fingerprintOf({ state, charges, parts }), origins, isEmpty };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One sheet as it stands has its fingerprint already. */
function fingerprintOf({ state, charges, parts }: ResolvedRate<From>): string {
  const [only] = parts;
  const known = parts.length === 1 && only !== undefined && "source" in only.from ? only.from.fingerprint : undefined;
  return known ?? fingerprintOffer({ state, charges });
}

type From = (SourceOrigin & Pick<ListingStep, "fingerprint">) | PinSpan;

function describeOrigin({ from, charges, isFilled }: RatePart<From>, index: number): RateOrigin {
  const names = index > 0 || ("meter" in from && from.meter !== null);
  const meters = names ? { meters: [...new Set(charges.map(({ meter }) => meter))] } : {};
  return { ...originOf(from), ...meters, ...(isFilled ? { isFilled } : {}) };
}

function originOf(from: From): RateOrigin {
  if ("source" in from) return { source: from.source, listing: from.listing, historyId: from.historyId };
  return { pinId: from.id };
}
