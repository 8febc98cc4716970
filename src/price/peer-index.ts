import { mayShareVendor, modelIdentity, type ModelIdentity } from "#/price/model-identity.ts";
import type { Ask, OfferKey } from "#/price/offer.ts";
import { linesOf, onlyThose, type Lines } from "#/price/sheet-lines.ts";

/** An offer of another source; its seller is the identity. */
export type PeerOffer = OfferKey & Ask & Readonly<{ source: string }>;

/** An offer of another source, by the identity of its model. */
export class Peer {
  #lines: Lines | undefined;
  readonly offer: PeerOffer;
  readonly identity: ModelIdentity;

  constructor(offer: PeerOffer, identity: ModelIdentity) {
    this.offer = offer;
    this.identity = identity;
  }

  get seller(): string {
    return this.offer.seller;
  }

  /** Read on demand: most peers are never asked. */
  get lines(): Lines {
    this.#lines ??= linesOf(this.offer);
    return this.#lines;
  }
}

/** Finds what others ask for the same model, through the identities of models. */
export type PeerIndex = Readonly<{
  /** The offers of the same model and variant: of the same snapshot, else the undated model. */
  find: (model: ModelIdentity, variant: string) => readonly Peer[];
}>;

export function createPeerIndex(offers: readonly PeerOffer[]): PeerIndex {
  const bySnapshot = new Map<string, Peer[]>();
  const byDatedModel = new Map<string, Peer[]>();

  for (const offer of offers) {
    const identity = modelIdentity(offer.model);
    const peer = new Peer(offer, identity);
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

  return { find };
}

function push<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
