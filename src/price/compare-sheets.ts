import { listingKeyText, type ListingKey, type PlacedOffer } from "#/price/offer.ts";

/** What the book holds of one source, before a payload is applied. Instants are ISO 8601 in UTC. */
export type BookedOffer = ListingKey &
  Readonly<{
    id: string;
    /** The seller as the source spells it: losses are counted by it. */
    listedAs: string;
    fingerprint: string;
    missedPayloads: number;
    isDelisted: boolean;
    /** Since when it has been absent from payloads that lost too much at once to be believed. */
    staleSince: string | null;
    stalePayloads: number;
  }>;
export type FingerprintedOffer = PlacedOffer & Readonly<{ fingerprint: string }>;

/** When a loss is too large to be believed at once. Shares are of what was present before. */
export type VanishRules = Readonly<{
  sellerShare: number;
  sellerLeast: number;
  payloadShare: number;
  payloadLeast: number;
  /** So many at once are kept as stale however small their share; the payload's price changes are believed then. */
  payloadMany: number;
  releaseAfterHours: number;
  releaseAfterPayloads: number;
}>;

export const VANISH_DEFAULTS: VanishRules = {
  sellerShare: 0.2,
  sellerLeast: 5,
  payloadShare: 0.02,
  payloadLeast: 5,
  payloadMany: 20,
  releaseAfterHours: 48,
  releaseAfterPayloads: 2,
};

export type SheetComparison = Readonly<{
  created: readonly FingerprintedOffer[];
  changed: readonly (FingerprintedOffer & { id: string })[];
  /** Were delisted, and are back at the price they had. */
  relisted: readonly (FingerprintedOffer & { id: string })[];
  unchanged: number;
  /** Were missing or stale, are back. */
  returned: readonly BookedOffer[];
  /** In the book, not in the payload, and believed to be gone. */
  missing: readonly BookedOffer[];
  /** In the book, not in the payload, among too many to believe. */
  stale: readonly BookedOffer[];
  /** The sellers whose loss is too large to believe. */
  coverageGaps: readonly CoverageGap[];
  /** So much has vanished that the payload's price changes are not believed either. */
  isVanishing: boolean;
  /** Set when the payload is too small to be this source's: it must not be applied at all. */
  collapsed?: Readonly<{ before: number; after: number }>;
}>;

/** `seller` is null when it is the payload as a whole. */
export type CoverageGap = Readonly<{ seller: string | null; before: number; lost: number }>;

const GAP_SHARE = 0.2;
const GAP_LEAST = 3;
const COLLAPSE_SHARE = 0.5;

type Circumstances = Readonly<{ observedAt: string; vanish: VanishRules }>;

/** What a payload says against the book: pure, and the only place that decides new, changed, unchanged, stale or missing. */
export function compareSheets(
  book: readonly BookedOffer[],
  offers: readonly FingerprintedOffer[],
  circumstances: Circumstances,
): SheetComparison {
  const booked = new Map(book.map((row) => [listingKeyText(row), row]));
  const created: FingerprintedOffer[] = [];
  const changed: (FingerprintedOffer & { id: string })[] = [];
  const relisted: (FingerprintedOffer & { id: string })[] = [];
  const returned: BookedOffer[] = [];
  let unchanged = 0;
  for (const offer of offers) {
    const key = listingKeyText(offer);
    const row = booked.get(key);
    booked.delete(key);
    if (row === undefined) {
      created.push(offer);
      continue;
    }
    if (row.missedPayloads > 0 || row.staleSince !== null) returned.push(row);
    if (row.fingerprint !== offer.fingerprint) changed.push({ ...offer, id: row.id });
    else if (row.isDelisted) relisted.push({ ...offer, id: row.id });
    else unchanged += 1;
  }
  const collapse = findCollapse(book, [...booked.values()]);
  return {
    created,
    changed,
    relisted,
    unchanged,
    returned,
    ...judgeLosses(book, [...booked.values()], circumstances),
    ...(collapse ? { collapsed: collapse } : {}),
  };
}

// Models that were already missing or stale before do not count against a seller again.
function isPresent(row: BookedOffer): boolean {
  return row.missedPayloads === 0 && row.staleSince === null;
}

function findCollapse(book: readonly BookedOffer[], absent: readonly BookedOffer[]) {
  const before = book.filter(isPresent).length;
  const lost = absent.filter(isPresent).length;
  return lost > before * COLLAPSE_SHARE ? { before, after: before - lost } : undefined;
}

function judgeLosses(book: readonly BookedOffer[], absent: readonly BookedOffer[], circumstances: Circumstances) {
  const { vanish } = circumstances;
  const present = book.filter(isPresent);
  const gone = absent.filter((row) => !row.isDelisted);
  const lost = gone.filter(isPresent);
  const waiting = gone.filter((row) => row.staleSince !== null);
  const stillWaiting = waiting.filter((row) => !isReleased(row, circumstances));

  const before = countBySeller(present);
  const gaps = [...countBySeller(lost)]
    .map(([seller, count]): CoverageGap => ({ seller, before: before.get(seller) ?? 0, lost: count }))
    .filter((gap) => isGap(gap) || isVanishing(gap, vanish));
  const whole: CoverageGap = { seller: null, before: present.length, lost: lost.length };
  const isWholeGone = lost.length >= vanish.payloadLeast && lost.length >= present.length * vanish.payloadShare;

  const isManyGone = isWholeGone || lost.length >= vanish.payloadMany;

  const gated = new Set(gaps.map(({ seller }) => seller));
  const stale = new Set([...lost.filter((row) => isManyGone || gated.has(row.listedAs)), ...stillWaiting]);
  return {
    missing: gone.filter((row) => !stale.has(row)),
    stale: [...stale],
    coverageGaps: isManyGone ? [whole, ...gaps] : gaps,
    isVanishing: isWholeGone || gaps.some((gap) => isVanishing(gap, vanish)) || isStillVanishing(stillWaiting),
  };

  function isStillVanishing(rows: readonly BookedOffer[]): boolean {
    if (rows.length >= vanish.payloadLeast && rows.length >= (present.length + rows.length) * vanish.payloadShare)
      return true;
    return [...countBySeller(rows)].some(([seller, count]) =>
      isVanishing({ seller, before: (before.get(seller) ?? 0) + count, lost: count }, vanish),
    );
  }
}

function isGap({ before, lost }: CoverageGap): boolean {
  return lost >= GAP_LEAST && lost > before * GAP_SHARE;
}

function isVanishing({ before, lost }: CoverageGap, vanish: VanishRules): boolean {
  return lost >= vanish.sellerLeast && lost >= before * vanish.sellerShare;
}

/** A loss that stays, over time and payloads, is believed. */
function isReleased(row: BookedOffer, { observedAt, vanish }: Circumstances): boolean {
  if (row.staleSince === null || row.stalePayloads + 1 < vanish.releaseAfterPayloads) return false;
  return Date.parse(observedAt) - Date.parse(row.staleSince) >= vanish.releaseAfterHours * 3_600_000;
}

function countBySeller(rows: readonly BookedOffer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.listedAs, (counts.get(row.listedAs) ?? 0) + 1);
  return counts;
}
