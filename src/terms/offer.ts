/**
 * `priced`: at least one charge above 0. `free`: an explicit 0 that the source's rules say is a price.
 * `unknown`: absent, unreadable, or a 0 that means "no data". `varies`: the source says the price is not one number.
 * Only `priced` and `free` carry charges; unknown is never 0.
 */
export const OFFER_STATES = ["priced", "free", "unknown", "varies"] as const;
export type OfferState = (typeof OFFER_STATES)[number];

export const REJECT_REASONS = ["unit_unknown", "not_a_number", "negative", "duplicate", "schema"] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];
