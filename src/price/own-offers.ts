import type { Ask, OfferKey } from "#/price/offer.ts";
import { createPeerIndex, type PeerIndex } from "#/price/peer-index.ts";

/** The source of the payload's own offers, where they stand beside those of others. */
export const OWN = "own";

/** `listing` is the entry, where it is known. */
type OwnKey = OfferKey & Readonly<{ listing?: string }>;
type OwnOffer = OwnKey & Ask;

/** The payload that a candidate comes from: never agreement, but what others in it ask may differ. */
export type OwnOffers = Readonly<{
  index: () => PeerIndex;
  /** The default variant of the same model, which what is sold otherwise is measured by. */
  findDefault: (offer: OwnKey) => (OfferKey & Ask) | undefined;
}>;

/** Indexes a payload on demand: most payloads are never asked. */
export function openOwnOffers(offers: readonly OwnOffer[]): OwnOffers {
  let index: PeerIndex | undefined;
  let defaults: ReadonlyMap<string, OwnOffer> | undefined;
  const keyOf = ({ seller, model }: OfferKey) => `${seller}\u0000${model}`;
  // An entry's own default comes before that of another entry of the same model.
  const keysOf = (offer: OwnKey) =>
    offer.listing === undefined ? [keyOf(offer)] : [`${keyOf(offer)}\u0000${offer.listing}`, keyOf(offer)];
  return {
    index: () => (index ??= createPeerIndex(offers.map((offer) => ({ ...offer, source: OWN })))),
    findDefault: (offer) => {
      defaults ??= new Map(
        offers.filter(({ variant }) => variant === "default").flatMap((one) => keysOf(one).map((key) => [key, one])),
      );
      for (const key of keysOf(offer)) if (defaults.has(key)) return defaults.get(key);
      return undefined;
    },
  };
}
