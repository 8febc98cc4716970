import { sql, type SQL } from "drizzle-orm";
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

/** What all other sources have in force now, for comparison only. */
export async function listPeerOffers(tx: Db, source: string): Promise<PeerOffer[]> {
  return listEvidence(tx, sql`source <> ${source}`);
}

/** Evidence with since when its source has said so, and when that last said anything (ISO 8601; null when it never has). */
export type PresentEvidence = PeerEvidence & Readonly<{ since: string; seenAt: string | null }>;

/** What other sources than its own ask now for the model of each offer. In the order of the offers. */
export async function listPeerEvidence(
  db: Db,
  offers: readonly (OfferKey & Readonly<{ source: string }>)[],
): Promise<PresentEvidence[][]> {
  if (offers.length === 0) return [];
  const models = JSON.stringify(await listModelsLike(db, offers));
  const ofModels = sql`model in (select jsonb_array_elements_text(${models}::text::jsonb))`;
  const found = await listEvidence(db, ofModels);
  const instants = await listInstants(db, ofModels);
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

type Said = Pick<PresentEvidence, "since" | "seenAt">;

async function listInstants(db: Db, which: SQL): Promise<ReadonlyMap<string, Said>> {
  const rows = await db.execute<OfferKey & Said & { source: string }>(sql`
    select m.source, m.seller, m.model, m.variant, to_json(max(m.observed_at)) #>> '{}' as since,
      to_json(max(s.last_success_at)) #>> '{}' as "seenAt"
    from (select * from model_pricing where ${which} and ${IS_EVIDENCE}) m left join sources s on s.name = m.source
    group by m.source, m.seller, m.model, m.variant`);
  return new Map(rows.map(({ since, seenAt, ...key }) => [sourceKey(key), { since, seenAt }]));
}

function sourceKey({ source, ...key }: OfferKey & Readonly<{ source: string }>): string {
  return `${source}\u0000${offerKeyText(key)}`;
}

/** The ids in the book, as sellers spell them, that mean the same model as one of these, with its date or without. */
async function listModelsLike(db: Db, offers: readonly OfferKey[]): Promise<string[]> {
  const wanted = new Set(offers.map(({ model }) => modelIdentity(model).base));
  const rows = await db.execute<{ model: string }>(sql`select distinct model from model_pricing where ${IS_EVIDENCE}`);
  return rows.map(({ model }) => model).filter((model) => wanted.has(modelIdentity(model).base));
}

async function listEvidence(db: Db, which: SQL): Promise<PeerOffer[]> {
  const groups = await db.execute<Group>(sql`
    select source, seller, variant, state, json_agg(model) as models, json_agg(charges) as charges from model_pricing
    where ${which} and ${IS_EVIDENCE}
    group by source, seller, variant, state`);
  return groups.flatMap(({ source, seller, variant, state, models, charges }) =>
    models.map((model, index) => ({ source, seller, model, variant, state, charges: charges[index] ?? [] })),
  );
}
