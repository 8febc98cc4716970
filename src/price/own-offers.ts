import { offerKeyText, type Ask, type OfferKey } from "#/price/offer.ts";
import { createPeerIndex, type PeerIndex } from "#/price/peer-index.ts";
import { tierOf, withoutTier } from "#/price/variant.ts";

/** The source of the payload's own offers, where they stand beside those of others. */
export const OWN = "own";

/** `listing` is the entry, where it is known. */
type OwnKey = OfferKey & Readonly<{ listing?: string }>;
type OwnOffer = OwnKey & Ask;

/** The payload that a candidate comes from: never agreement, but what others in it ask may differ. */
export type OwnOffers = Readonly<{
  index: () => PeerIndex;
  /** What a variant is measured by: the default tier under the same conditions, else the default variant of the model. */
  findDefault: (offer: OwnKey) => (OfferKey & Ask) | undefined;
}>;

/** Indexes a payload on demand: most payloads are never asked. */
export function openOwnOffers(offers: readonly OwnOffer[]): OwnOffers {
  let index: PeerIndex | undefined;
  let defaults: ReadonlyMap<string, OwnOffer> | undefined;
  // What its own entry says comes before what another entry of the same model says.
  const keysOf = (offer: OwnKey) =>
    offer.listing === undefined
      ? [offerKeyText(offer)]
      : [`${offerKeyText(offer)}\u0000${offer.listing}`, offerKeyText(offer)];
  return {
    index: () => (index ??= createPeerIndex(offers.map((offer) => ({ ...offer, source: OWN })))),
    findDefault: (offer) => {
      defaults ??= new Map(
        offers
          .filter(({ variant }) => tierOf(variant) === "default")
          .flatMap((one) => keysOf(one).map((key) => [key, one])),
      );
      for (const variant of [withoutTier(offer.variant), "default"])
        for (const key of keysOf({ ...offer, variant })) if (defaults.has(key)) return defaults.get(key);
      return undefined;
    },
  };
}
