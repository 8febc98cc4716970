import { findBookedAsks, listBookedOffers, listKnownHolds, type KnownHold } from "#/book/list-booked-offers.ts";
import { listAnnouncedPrices, type AnnouncedPrice } from "#/book/list-announced-prices.ts";
import { listPeerOffers } from "#/book/list-peer-offers.ts";
import type { Db } from "#/platform/database.ts";
import { compareSheets, type FingerprintedOffer, type SheetComparison } from "#/price/compare-sheets.ts";
import { fingerprintOffer } from "#/price/fingerprint.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { judgeOffers, type Candidate, type Verdict } from "#/price/judge-offers.ts";
import { listingKeyText, type Ask, type ListingKey, type PlacedOffer } from "#/price/offer.ts";

/** An ask that is to be written: in force at once, or announced for `effectiveFrom`. `before` is the last good price. */
export type Arrival = Readonly<{
  offer: FingerprintedOffer;
  effectiveFrom: string | null;
  before: Ask | undefined;
}>;
export type HeldArrival = Arrival & Readonly<{ verdict: Extract<Verdict, { outcome: "hold" }> }>;

/** What one payload would do to the book. Nothing has been written yet. */
export type SheetPlan = Readonly<{
  comparison: SheetComparison;
  apply: readonly Arrival[];
  announce: readonly Arrival[];
  /** Announced prices that the source has taken back. */
  withdraw: readonly AnnouncedPrice[];
  hold: readonly HeldArrival[];
  /** Open holds whose value is still offered. */
  stillHeld: readonly KnownHold[];
  resolve: readonly Readonly<{ hold: KnownHold; why: string }>[];
  /** Offers whose value somebody rejected, or took back, before. */
  remembered: number;
}>;

export type PlanInput = Readonly<{
  source: string;
  offers: readonly PlacedOffer[];
  observedAt: string;
  rules: GuardRules;
}>;

/** Compares a payload with the book, and has the guard judge what would change. Reads only. */
export async function planSheet(tx: Db, { source, offers, observedAt, rules }: PlanInput): Promise<SheetPlan> {
  const fingerprinted = offers.map((offer) => ({ ...offer, fingerprint: fingerprintOffer(offer) }));
  const comparison = compareSheets(await listBookedOffers(tx, source), fingerprinted, {
    observedAt,
    vanish: rules.vanish,
  });
  const known = indexHolds(await listKnownHolds(tx, source));
  const announced = await listAnnouncedPrices(tx, source, observedAt);
  const before = await findBookedAsks(
    tx,
    comparison.changed.map(({ id }) => id),
  );
  const present: Arrival[] = [
    ...comparison.created.map((offer) => ({ offer, effectiveFrom: null, before: undefined })),
    ...comparison.changed.map((offer) => ({ offer, effectiveFrom: null, before: before.get(offer.id) })),
  ];
  const fresh = present.filter((arrival) => !known.isRejected(arrival));
  const peers = fresh.length > 0 || offers.some(({ upcoming }) => upcoming) ? await listPeerOffers(tx, source) : [];
  const judge = (arrivals: readonly Arrival[]) =>
    splitByVerdict(
      arrivals,
      judgeOffers({
        candidates: arrivals.map(asCandidate),
        peers,
        ownOffers: offers,
        rules,
        isVanishing: comparison.isVanishing,
      }),
    );
  const now = judge(fresh);
  const blocked = new Set(
    [...now.held, ...present.filter((arrival) => known.isRejected(arrival))].map(({ offer }) => listingKeyText(offer)),
  );
  const upcoming = planUpcoming(fingerprinted, announced, blocked, comparison, observedAt);
  const later = judge(upcoming.arrivals.filter((arrival) => !known.isRejected(arrival)));

  const hold = [...now.held, ...later.held];
  const stillOffered = new Set(hold.map((held) => known.keyOf(held)));
  const open = known.open;
  const stale = new Set(comparison.stale.map((row) => listingKeyText(row)));
  const kept = open.filter((one) => stillOffered.has(holdKey(one)) || stale.has(listingKeyText(one)));
  const keptKeys = new Set(kept.map((one) => holdKey(one)));
  return {
    comparison,
    apply: [...now.applied, ...comparison.relisted.map((offer) => ({ offer, effectiveFrom: null, before: undefined }))],
    announce: later.applied,
    withdraw: upcoming.withdrawn,
    hold: hold.filter((held) => !keptKeys.has(known.keyOf(held))),
    stillHeld: kept,
    resolve: open
      .filter((one) => !keptKeys.has(holdKey(one)))
      .map((one) => ({ hold: one, why: describeResolution(one, now.applied, hold) })),
    remembered: present.length - fresh.length,
  };
}

function asCandidate({ offer, before }: Arrival): Candidate {
  return before === undefined ? offer : { ...offer, previous: before };
}

function splitByVerdict(arrivals: readonly Arrival[], verdicts: readonly Verdict[]) {
  const applied: Arrival[] = [];
  const held: HeldArrival[] = [];
  for (const [index, arrival] of arrivals.entries()) {
    const verdict = verdicts[index];
    if (verdict?.outcome === "hold") held.push({ ...arrival, verdict });
    else applied.push(arrival);
  }
  return { applied, held };
}

type HoldKey = ListingKey & Readonly<{ newFingerprint: string; effectiveAt: string | null }>;

function holdKey(hold: HoldKey): string {
  const day = hold.effectiveAt === null ? "" : Date.parse(hold.effectiveAt);
  return `${listingKeyText(hold)}\u0000${hold.newFingerprint}\u0000${day}`;
}

function indexHolds(holds: readonly KnownHold[]) {
  const rejected = new Set(holds.filter(({ state }) => state === "rejected").map((hold) => holdKey(hold)));
  const keyOf = ({ offer, effectiveFrom }: Arrival) =>
    holdKey({ ...offer, newFingerprint: offer.fingerprint, effectiveAt: effectiveFrom });
  return {
    open: holds.filter(({ state }) => state === "open"),
    keyOf,
    isRejected: (arrival: Arrival) => rejected.size > 0 && rejected.has(keyOf(arrival)),
  };
}

function planUpcoming(
  offers: readonly FingerprintedOffer[],
  announced: readonly AnnouncedPrice[],
  blocked: ReadonlySet<string>,
  comparison: SheetComparison,
  observedAt: string,
): { arrivals: Arrival[]; withdrawn: AnnouncedPrice[] } {
  const left = new Map(announced.map((price) => [dayKey(price, price.effectiveAt), price]));
  const stale = new Set(comparison.stale.map((row) => listingKeyText(row)));
  const arrivals: Arrival[] = [];
  for (const offer of offers) {
    let before: Ask = offer;
    for (const ask of offer.upcoming ?? []) {
      if (Date.parse(ask.effectiveFrom) <= Date.parse(observedAt)) continue;
      const key = dayKey(offer, ask.effectiveFrom);
      const fingerprint = fingerprintOffer(ask);
      const { upcoming: _, discount: __, ...rest } = offer;
      if (left.get(key)?.fingerprint === fingerprint) left.delete(key);
      else if (!blocked.has(listingKeyText(offer)))
        arrivals.push({
          offer: { ...rest, state: ask.state, charges: ask.charges, fingerprint },
          effectiveFrom: ask.effectiveFrom,
          before,
        });
      before = ask;
    }
  }
  return { arrivals, withdrawn: [...left.values()].filter((price) => !stale.has(listingKeyText(price))) };
}

function dayKey(offer: ListingKey, day: string): string {
  return `${listingKeyText(offer)}\u0000${Date.parse(day)}`;
}

function describeResolution(hold: KnownHold, applied: readonly Arrival[], held: readonly HeldArrival[]): string {
  const key = listingKeyText(hold);
  const same = (arrival: Arrival) => listingKeyText(arrival.offer) === key;
  const passed = applied.find(same);
  if (passed?.offer.fingerprint === hold.newFingerprint) return "released: the evidence speaks for it now";
  if (passed !== undefined) return "gone upstream: the source asks another price, which is in force";
  if (held.some(same)) return "replaced: the source asks another price, which is held";
  return "gone upstream: the source no longer asks this price";
}
