import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { PeerOffer } from "#/price/peer-index.ts";

/** What all other sources have in force now, for comparison only. Delisted and stale offers are no evidence. */
export async function listPeerOffers(tx: Db, source: string): Promise<PeerOffer[]> {
  const rows = await tx.execute<PeerOffer>(sql`
    select source, seller, model, variant, state, charges from model_pricing
    where source <> ${source} and state in ('priced', 'free') and delisted_at is null and stale_since is null`);
  return [...rows];
}
