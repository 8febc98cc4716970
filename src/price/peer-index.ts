import { chargeKey } from "#/price/charge.ts";
import type { Decimal } from "#/price/decimal.ts";
import { isRollingId, mayShareVendor, modelIdentity, type ModelIdentity } from "#/price/model-identity.ts";
import type { Ask, OfferKey } from "#/price/offer.ts";
import { scaleAmount, type Scaled } from "#/price/scaled-amount.ts";
import { sellerIdentity } from "#/price/seller-identity.ts";

/** An offer of another source, as that source spells it. */
export type PeerOffer = OfferKey & Ask & Readonly<{ source: string }>;

/** The lines of a sheet by their key, without those that cost nothing: 0 is no evidence of a price. */
export type Lines = ReadonlyMap<string, Scaled>;

export type Peer = Readonly<{ offer: PeerOffer; seller: string; lines: Lines }>;

/** Finds what others ask for the same model, through the identities of sellers and models. */
export type PeerIndex = Readonly<{
  identify: (model: string) => ModelIdentity;
  seller: (spelling: string) => string;
  linesOf: (ask: Ask) => Lines;
  /** The offers of the same model and variant: of the same snapshot, else the undated model. */
  find: (model: string, variant: string) => readonly Peer[];
}>;

export function createPeerIndex(offers: readonly PeerOffer[]): PeerIndex {
  const amounts = new Map<Decimal, Scaled>();
  const identities = new Map<string, ModelIdentity>();
  const sellers = new Map<string, string>();
  const byModel = new Map<string, PeerOffer[]>();
  const peers = new Map<PeerOffer, Peer>();

  const identify = (model: string) => remember(identities, model, modelIdentity);
  const seller = (spelling: string) => remember(sellers, spelling, sellerIdentity);
  const scale = (amount: Ask["charges"][number]["amount"]) => remember(amounts, amount, scaleAmount);

  for (const offer of offers) {
    const { exact, base } = identify(offer.model);
    push(byModel, `${exact}\u0000${offer.variant}`, offer);
    if (exact !== base) push(byModel, `${base}-*\u0000${offer.variant}`, offer);
  }

  function linesOf({ charges }: Ask): Lines {
    const lines = new Map<string, Scaled>();
    for (const charge of charges) if (charge.amount !== "0") lines.set(chargeKey(charge), scale(charge.amount));
    return lines;
  }

  function asPeer(offer: PeerOffer): Peer {
    return remember(peers, offer, () => ({ offer, seller: seller(offer.seller), lines: linesOf(offer) }));
  }

  function find(model: string, variant: string): readonly Peer[] {
    if (isRollingId(model)) return [];
    const own = identify(model);
    const { exact, base } = own;
    const mayBeSame = (offer: PeerOffer) => mayShareVendor(own, identify(offer.model));
    const same = byModel.get(`${exact}\u0000${variant}`)?.filter(mayBeSame) ?? [];
    if (same.length > 0) return same.map(asPeer);
    const undated =
      exact === base ? onlySnapshot(byModel.get(`${base}-*\u0000${variant}`)) : byModel.get(`${base}\u0000${variant}`);
    return (undated ?? []).filter(mayBeSame).map(asPeer);
  }

  // Several snapshots may have several prices; only a single one can stand for the undated model.
  function onlySnapshot(dated: readonly PeerOffer[] | undefined): readonly PeerOffer[] | undefined {
    const snapshots = new Set(dated?.map((offer) => identify(offer.model).exact));
    return snapshots.size === 1 ? dated : undefined;
  }

  return { identify, seller, linesOf, find };
}

function remember<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make(key);
  known.set(key, made);
  return made;
}

function push<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
