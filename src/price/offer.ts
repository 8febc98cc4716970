import type { Charge } from "#/price/charge.ts";

/**
 * `priced`: at least one charge above 0. `free`: an explicit 0 that the source's rules say is a price.
 * `unknown`: absent, unreadable, or a 0 that means "no data". `varies`: the source says the price is not one number.
 * Only `priced` and `free` carry charges; unknown is never 0.
 */
export const OFFER_STATES = ["priced", "free", "unknown", "varies"] as const;
export type OfferState = (typeof OFFER_STATES)[number];

/** Who sells what. `model` is the id as the seller spells it; `variant` is `default` unless the source says more. */
export type OfferKey = Readonly<{ seller: string; model: string; variant: string }>;

/** What one seller asks for one model, as one source reports it. */
export type Offer = OfferKey &
  Readonly<{
    state: OfferState;
    /** Sorted by `sortCharges`. */
    charges: readonly Charge[];
    /** The source's own id of the entry, for provenance and for exports in the source's shape. */
    listing: string;
  }>;

export const REJECT_REASONS = ["unit_unknown", "not_a_number", "negative", "duplicate", "schema"] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** One bad entry, or one bad field of an entry. `path` leads to it in the payload. */
export type Reject = Readonly<{ path: string; reason: RejectReason; detail: string }>;

/** Everything one good document says. */
export type PriceSheet = Readonly<{
  offers: readonly Offer[];
  rejects: readonly Reject[];
  /** Entries that are no offer by the format's own rules (`alias`, `reserved`), counted. */
  skipped: Readonly<Record<string, number>>;
  /** Amounts whose float junk was rounded to 12 significant digits. */
  rounded: number;
}>;

/** Joins the three parts with a character that no id may carry. */
export function offerKeyText({ seller, model, variant }: OfferKey): string {
  return `${seller}\u0000${model}\u0000${variant}`;
}
