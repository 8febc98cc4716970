import { mayShareVendor, modelIdentity, type ModelIdentity } from "#/price/model-identity.ts";
import type { Ask, OfferKey } from "#/price/offer.ts";
import { withoutCondition } from "#/price/variant.ts";
import { linesOf, onlyThose, type Lines } from "#/price/sheet-lines.ts";

/** An offer of another source; its seller is the identity. */
export type PeerOffer = OfferKey & Ask & Readonly<{ source: string }>;

/** An offer of another source, by the identity of its model. */
export class Peer {
  #lines: Lines | undefined;
  readonly offer: PeerOffer;
  readonly identity: ModelIdentity;
  readonly soldAs: string;

  constructor(offer: PeerOffer, identity: ModelIdentity) {
    this.offer = offer;
    this.identity = identity;
    this.soldAs = soldAs(offer.variant);
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
  /** The offers of the same model and variant, in whatever region: of the same snapshot, else the undated model. */
  find: (model: ModelIdentity, variant: string) => readonly Peer[];
}>;

/** What a variant is compared as. A region moves a price by a little, and hardly two catalogues name the same one. */
function soldAs(variant: string): string {
  return withoutCondition(variant, "region");
}

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
    const sold = soldAs(variant);
    const pick = (peers: readonly Peer[] = []) =>
      onlyThose(peers, (peer) => peer.soldAs === sold && mayShareVendor(own, peer.identity));
    const same = pick(bySnapshot.get(exact));
    if (same.length > 0) return same;
    return pick(exact === base ? onlySnapshot(byDatedModel.get(base), sold) : bySnapshot.get(base));
  }

  // Several snapshots may have several prices; only a single one can stand for the undated model.
  function onlySnapshot(dated: readonly Peer[] | undefined, sold: string): readonly Peer[] | undefined {
    const alike = dated?.filter((peer) => peer.soldAs === sold);
    return new Set(alike?.map(({ identity }) => identity.exact)).size === 1 ? alike : undefined;
  }

  return { find };
}

function push<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
