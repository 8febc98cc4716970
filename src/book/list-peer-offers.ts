import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { Charge } from "#/price/charge.ts";
import type { PeerEvidence } from "#/price/finding.ts";
import { modelIdentity } from "#/price/model-identity.ts";
import { offerKeyText, type OfferKey } from "#/price/offer.ts";
import { viewOf } from "#/price/offer-view.ts";
import { describePeers } from "#/price/peer-evidence.ts";
import { createPeerIndex, type PeerOffer } from "#/price/peer-index.ts";

/** Offers that have the rest in common: thousands of them come in a hundred rows, and take a third less time to read. */
type Group = Omit<PeerOffer, "model" | "charges"> & Readonly<{ models: string[]; charges: Charge[][] }>;

/** What counts as evidence: delisted and stale offers do not. */
const IS_EVIDENCE = sql`state in ('priced', 'free') and delisted_at is null and stale_since is null`;

/** What all sources but its own have in force now, for comparison only. */
export async function listPeerOffers(tx: Db, own: string): Promise<PeerOffer[]> {
  const groups = await tx.execute<Group>(sql`
    select source, seller, variant, state, json_agg(model) as models, json_agg(charges) as charges from model_pricing
    where source <> ${own} and ${IS_EVIDENCE}
    group by source, seller, variant, state`);
  return groups.flatMap(({ source, seller, variant, state, models, charges }) =>
    models.map((model, index) => ({ source, seller, model, variant, state, charges: charges[index] ?? [] })),
  );
}

/** Evidence with since when its source has said so, and when that last said anything (ISO 8601; null when it never has). */
export type PresentEvidence = PeerEvidence & Readonly<{ since: string; seenAt: string | null }>;

/** What other sources than its own ask now for the model of each offer. In the order of the offers. */
export async function listPeerEvidence(
  db: Db,
  offers: readonly (OfferKey & Readonly<{ source: string }>)[],
): Promise<PresentEvidence[][]> {
  if (offers.length === 0) return [];
  const found = await listPresent(db, await listModelsLike(db, offers));
  const instants = new Map(found.map((peer) => [sourceKey(peer), { since: peer.since, seenAt: peer.seenAt }]));
  const sources = new Set(offers.map(({ source }) => source));
  const indexes = new Map(
    [...sources].map((own) => [own, createPeerIndex(found.filter(({ source }) => source !== own))]),
  );
  return offers.map((offer) => {
    const index = indexes.get(offer.source);
    const peers = index === undefined ? [] : describePeers(viewOf(index, offer, { state: "unknown", charges: [] }));
    return peers.flatMap((peer) => {
      const said = instants.get(sourceKey(peer));
      return said === undefined ? [] : [{ ...peer, ...said }];
    });
  });
}

type Present = PeerOffer & Pick<PresentEvidence, "since" | "seenAt">;

/** What all sources have in force of some models, and since when: the latest of the entries that one of them has of the same offer. */
async function listPresent(db: Db, models: readonly string[]): Promise<readonly Present[]> {
  return db.execute<Present>(sql`
    select m.source, m.seller, m.model, m.variant, m.state, m.charges,
      to_json(max(m.observed_at) over (partition by m.source, m.seller, m.model, m.variant)) #>> '{}' as since,
      to_json(s.last_success_at) #>> '{}' as "seenAt"
    from model_pricing m left join sources s on s.name = m.source
    where m.model = any (array(select jsonb_array_elements_text(${JSON.stringify(models)}::text::jsonb))) and ${IS_EVIDENCE}`);
}

function sourceKey({ source, ...key }: OfferKey & Readonly<{ source: string }>): string {
  return `${source}\u0000${offerKeyText(key)}`;
}

/** The ids in the book, as sellers spell them, that mean the same model as one of these, with its date or without. */
async function listModelsLike(db: Db, offers: readonly OfferKey[]): Promise<string[]> {
  const wanted = new Set(offers.map(({ model }) => modelIdentity(model).base));
  const rows = await db.execute<{ model: string }>(sql`select distinct model from model_pricing`);
  return rows.map(({ model }) => model).filter((model) => wanted.has(modelIdentity(model).base));
}
