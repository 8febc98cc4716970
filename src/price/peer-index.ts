import { chargeKey } from "#/price/charge.ts";
import type { Decimal } from "#/price/decimal.ts";
import { mayShareVendor, modelIdentity, type ModelIdentity } from "#/price/model-identity.ts";
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

type Entry = { readonly offer: PeerOffer; readonly identity: ModelIdentity; peer?: Peer };

export function createPeerIndex(offers: readonly PeerOffer[]): PeerIndex {
  const amounts = new Map<Decimal, Scaled>();
  const identities = new Map<string, ModelIdentity>();
  const sellers = new Map<string, string>();
  const bySnapshot = new Map<string, Entry[]>();
  const byDatedModel = new Map<string, Entry[]>();

  const identify = (model: string) => remember(identities, model, modelIdentity);
  const seller = (spelling: string) => remember(sellers, spelling, sellerIdentity);

  for (const offer of offers) {
    const identity = identify(offer.model);
    const entry: Entry = { offer, identity };
    push(bySnapshot, identity.exact, entry);
    if (identity.exact !== identity.base) push(byDatedModel, identity.base, entry);
  }

  function linesOf({ charges }: Ask): Lines {
    const lines = new Map<string, Scaled>();
    for (const charge of charges)
      if (charge.amount !== "0") lines.set(chargeKey(charge), remember(amounts, charge.amount, scaleAmount));
    return lines;
  }

  function asPeer(entry: Entry): Peer {
    const { offer } = entry;
    entry.peer ??= { offer, seller: seller(offer.seller), lines: linesOf(offer) };
    return entry.peer;
  }

  function find(model: string, variant: string): readonly Peer[] {
    const own = identify(model);
    const { exact, base } = own;
    const pick = (entries: readonly Entry[] = []) => {
      const picked: Peer[] = [];
      for (const entry of entries)
        if (entry.offer.variant === variant && mayShareVendor(own, entry.identity)) picked.push(asPeer(entry));
      return picked;
    };
    const same = pick(bySnapshot.get(exact));
    if (same.length > 0) return same;
    return pick(exact === base ? onlySnapshot(byDatedModel.get(base), variant) : bySnapshot.get(base));
  }

  // Several snapshots may have several prices; only a single one can stand for the undated model.
  function onlySnapshot(dated: readonly Entry[] | undefined, variant: string): readonly Entry[] | undefined {
    const sold = dated?.filter(({ offer }) => offer.variant === variant);
    return new Set(sold?.map(({ identity }) => identity.exact)).size === 1 ? sold : undefined;
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
