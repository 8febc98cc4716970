import { modelIdentity, type ModelIdentity } from "#/price/model-identity.ts";
import type { Ask, OfferKey } from "#/price/offer.ts";
import type { Peer, PeerIndex } from "#/price/peer-index.ts";
import { linesOf, onlyThose, type Lines } from "#/price/sheet-lines.ts";

/** One offer with what others ask for the same model. `previous` is the last good price. */
export type View = Readonly<{
  offer: OfferKey & Readonly<{ previous?: Ask }>;
  lines: Lines;
  identity: ModelIdentity;
  seller: string;
  /** The same seller in other sources, and other sellers there. */
  same: readonly Peer[];
  others: readonly Peer[];
}>;

/** Looks at an offer at the price of `ask`: the one that arrives, or the one before. */
export function viewOf(index: PeerIndex, offer: View["offer"], ask: Ask): View {
  const identity = modelIdentity(offer.model);
  const { seller } = offer;
  const peers = index.find(identity, offer.variant);
  const same = onlyThose(peers, (peer) => peer.seller === seller);
  const others = onlyThose(peers, (peer) => peer.seller !== seller);
  return { offer, lines: linesOf(ask), identity, seller, same, others };
}
