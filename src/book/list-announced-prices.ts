import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { ListingKey } from "#/price/offer.ts";

/** A price in the history whose day is yet to come. `effectiveAt` is ISO 8601 in UTC. */
export type AnnouncedPrice = ListingKey & Readonly<{ id: string; fingerprint: string; effectiveAt: string }>;

/** What a source has announced for after an instant and not taken back. */
export async function listAnnouncedPrices(tx: Db, source: string, after: string): Promise<AnnouncedPrice[]> {
  const rows = await tx.execute<AnnouncedPrice>(sql`
    select id::text, seller, model, variant, listing, fingerprint, to_json(effective_at) #>> '{}' as "effectiveAt"
    from model_pricing_history
    where source = ${source} and announced and withdrawn_at is null and effective_at > ${after}::timestamptz`);
  return [...rows];
}
