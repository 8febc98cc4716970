import type { ListingFacts } from "#/terms/facts.ts";
import type { OfferState, RejectReason } from "#/terms/offer.ts";
import type { UnreadField } from "#/terms/unread-field.ts";
import type { Charge } from "#/price/charge.ts";

/** Who sells what. `model` is the id as the seller spells it; `variant` is `default` unless the source says more. */
export type OfferKey = Readonly<{ seller: string; model: string; variant: string }>;

/** What is asked for one unit of everything. `charges` are sorted by `sortCharges`. */
export type Ask = Readonly<{ state: OfferState; charges: readonly Charge[] }>;

/** One source's entry of an offer: several of its entries may mean the same (seller, model, variant). */
export type ListingKey = OfferKey & Readonly<{ listing: string }>;

/** An ask that the source announces for later. `effectiveFrom` is an ISO 8601 instant in UTC. */
export type UpcomingAsk = Ask & Readonly<{ effectiveFrom: string }>;

/** What is taken off for now: the charges without it, and when it ends (ISO 8601, UTC) if the source says. */
export type Discount = Readonly<{ listCharges: readonly Charge[]; endsAt?: string }>;

/** What one seller asks for one model, as one source reports it. */
export type Offer = OfferKey &
  Ask &
  Readonly<{
    /** The source's own id of the entry, for provenance and for exports in the source's shape. */
    listing: string;
    /** The source's field that its amounts were worked out from, where it does not state them outright. */
    derivedFrom?: string;
    /** In the order of their days. */
    upcoming?: readonly UpcomingAsk[];
    discount?: Discount;
    /** What the entry says beside its price: the same for all variants of a listing. */
    facts?: ListingFacts;
    /** Declared fields of the entry that could not be read. `charges` holds the good ones; the guard holds the whole. */
    faults?: readonly Reject[];
  }>;

/** An offer as the book keeps it: its seller is the identity, and `listedAs` is how the source spells it. */
export type PlacedOffer = Offer & Readonly<{ listedAs: string }>;

/** One bad entry, or one bad field of an entry. `path` leads to it in the payload. */
export type Reject = Readonly<{ path: string; reason: RejectReason; detail: string }>;

/** Everything one good document says. */
export type PriceSheet = Readonly<{
  offers: readonly Offer[];
  rejects: readonly Reject[];
  /** Rejects by field, and beside them the undeclared fields that may move a price, the most frequent first. */
  unreadFields: readonly UnreadField[];
  /** Entries that are no offer by the format's own rules (`alias`, `reserved`), counted. */
  skipped: Readonly<Record<string, number>>;
  /** Amounts whose float junk was rounded to 12 significant digits. */
  rounded: number;
}>;

/** Joins the three parts with a character that no id may carry. */
export function offerKeyText({ seller, model, variant }: OfferKey): string {
  return `${seller}\u0000${model}\u0000${variant}`;
}

/** The same for one source's entry. */
export function listingKeyText({ listing, ...key }: ListingKey): string {
  return `${offerKeyText(key)}\u0000${listing}`;
}
