import { offerKeyText, type Offer, type OfferKey } from "#/price/offer.ts";

/** What the book holds of one source, before a payload is applied. */
export type BookedOffer = OfferKey & Readonly<{ id: string; fingerprint: string; missedPayloads: number }>;
export type FingerprintedOffer = Offer & Readonly<{ fingerprint: string }>;

export type SheetComparison = Readonly<{
  created: readonly FingerprintedOffer[];
  changed: readonly (FingerprintedOffer & { id: string })[];
  unchanged: number;
  /** Were missing, are back. */
  returned: readonly BookedOffer[];
  /** In the book, not in the payload. */
  missing: readonly BookedOffer[];
  /** Sellers whose loss is too large to believe; none of their models is marked missing. */
  coverageGaps: readonly CoverageGap[];
  /** Set when the payload is too small to be this source's: it must not be applied at all. */
  collapsed?: Readonly<{ before: number; after: number }>;
}>;

export type CoverageGap = Readonly<{ seller: string; before: number; lost: number }>;

const GAP_SHARE = 0.2;
const GAP_LEAST = 3;
const COLLAPSE_SHARE = 0.5;

/** What a payload says against the book: pure, and the only place that decides new, changed, unchanged or missing. */
export function compareSheets(book: readonly BookedOffer[], offers: readonly FingerprintedOffer[]): SheetComparison {
  const booked = new Map(book.map((row) => [offerKeyText(row), row]));
  const created: FingerprintedOffer[] = [];
  const changed: (FingerprintedOffer & { id: string })[] = [];
  const returned: BookedOffer[] = [];
  let unchanged = 0;
  for (const offer of offers) {
    const key = offerKeyText(offer);
    const row = booked.get(key);
    booked.delete(key);
    if (row === undefined) {
      created.push(offer);
      continue;
    }
    if (row.missedPayloads > 0) returned.push(row);
    if (row.fingerprint === offer.fingerprint) unchanged += 1;
    else changed.push({ ...offer, id: row.id });
  }
  const missing = [...booked.values()];
  const collapse = findCollapse(book, missing);
  return {
    created,
    changed,
    unchanged,
    returned,
    missing,
    coverageGaps: findCoverageGaps(book, missing),
    ...(collapse ? { collapsed: collapse } : {}),
  };
}

// Models that were already missing before do not count against a seller again.
function isNewlyMissing(row: BookedOffer): boolean {
  return row.missedPayloads === 0;
}

function findCollapse(book: readonly BookedOffer[], missing: readonly BookedOffer[]) {
  const before = book.filter(isNewlyMissing).length;
  const lost = missing.filter(isNewlyMissing).length;
  return lost > before * COLLAPSE_SHARE ? { before, after: before - lost } : undefined;
}

function findCoverageGaps(book: readonly BookedOffer[], missing: readonly BookedOffer[]): CoverageGap[] {
  const before = countBySeller(book.filter(isNewlyMissing));
  const lost = countBySeller(missing.filter(isNewlyMissing));
  return [...lost]
    .map(([seller, count]) => ({ seller, before: before.get(seller) ?? 0, lost: count }))
    .filter((gap) => gap.lost >= GAP_LEAST && gap.lost > gap.before * GAP_SHARE);
}

function countBySeller(rows: readonly BookedOffer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.seller, (counts.get(row.seller) ?? 0) + 1);
  return counts;
}
