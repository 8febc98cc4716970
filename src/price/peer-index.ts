import { mayShareVendor, modelIdentity, type ModelIdentity } from "#/price/model-identity.ts";
import type { Ask, OfferKey } from "#/price/offer.ts";
import { sellerIdentity } from "#/price/seller-identity.ts";
import { linesOf, onlyThose, type Lines } from "#/price/sheet-lines.ts";

/** An offer of another source, as that source spells it. */
export type PeerOffer = OfferKey & Ask & Readonly<{ source: string }>;

/** An offer of another source, by the identities of its seller and model. */
export class Peer {
  #lines: Lines | undefined;
  readonly offer: PeerOffer;
  readonly seller: string;
  readonly identity: ModelIdentity;

  constructor(offer: PeerOffer, seller: string, identity: ModelIdentity) {
    this.offer = offer;
    this.seller = seller;
    this.identity = identity;
  }

  /** Read on demand: most peers are never asked. */
  get lines(): Lines {
    this.#lines ??= linesOf(this.offer);
    return this.#lines;
  }
}

/** Finds what others ask for the same model, through the identities of sellers and models. */
export type PeerIndex = Readonly<{
  seller: (spelling: string) => string;
  /** The offers of the same model and variant: of the same snapshot, else the undated model. */
  find: (model: ModelIdentity, variant: string) => readonly Peer[];
}>;

export function createPeerIndex(offers: readonly PeerOffer[]): PeerIndex {
  const sellers = new Map<string, string>();
  const bySnapshot = new Map<string, Peer[]>();
  const byDatedModel = new Map<string, Peer[]>();

  const seller = (spelling: string) => {
    const identity = sellers.get(spelling) ?? sellerIdentity(spelling);
    sellers.set(spelling, identity);
    return identity;
  };

  for (const offer of offers) {
    const identity = modelIdentity(offer.model);
    const peer = new Peer(offer, seller(offer.seller), identity);
    push(bySnapshot, identity.exact, peer);
    if (identity.exact !== identity.base) push(byDatedModel, identity.base, peer);
  }

  function find(own: ModelIdentity, variant: string): readonly Peer[] {
    const { exact, base } = own;
    const pick = (peers: readonly Peer[] = []) =>
      onlyThose(peers, (peer) => peer.offer.variant === variant && mayShareVendor(own, peer.identity));
    const same = pick(bySnapshot.get(exact));
    if (same.length > 0) return same;
    return pick(exact === base ? onlySnapshot(byDatedModel.get(base), variant) : bySnapshot.get(base));
  }

  // Several snapshots may have several prices; only a single one can stand for the undated model.
  function onlySnapshot(dated: readonly Peer[] | undefined, variant: string): readonly Peer[] | undefined {
    const sold = dated?.filter(({ offer }) => offer.variant === variant);
    return new Set(sold?.map(({ identity }) => identity.exact)).size === 1 ? sold : undefined;
  }

  return { seller, find };
}

function push<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
