import type { Ask, OfferKey } from "#/price/offer.ts";
import { createPeerIndex, type PeerIndex } from "#/price/peer-index.ts";

/** The source of the payload's own offers, where they stand beside those of others. */
export const OWN = "own";

/** The payload that a candidate comes from: never agreement, but what others in it ask may differ. */
export type OwnOffers = Readonly<{
  index: () => PeerIndex;
  /** The default variant of the same model, which what is sold otherwise is measured by. */
  findDefault: (key: OfferKey) => (OfferKey & Ask) | undefined;
}>;

/** Indexes a payload on demand: most payloads are never asked. */
export function openOwnOffers(offers: readonly (OfferKey & Ask)[]): OwnOffers {
  let index: PeerIndex | undefined;
  let defaults: ReadonlyMap<string, OfferKey & Ask> | undefined;
  const keyOf = ({ seller, model }: OfferKey) => `${seller}\u0000${model}`;
  return {
    index: () => (index ??= createPeerIndex(offers.map((offer) => ({ ...offer, source: OWN })))),
    findDefault: (key) => {
      defaults ??= new Map(offers.filter(({ variant }) => variant === "default").map((offer) => [keyOf(offer), offer]));
      return defaults.get(keyOf(key));
    },
  };
}
