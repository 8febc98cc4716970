import { sql } from "drizzle-orm";
import type { MovedOffer } from "#/book/put-in-force.ts";
import type { Db, Tx } from "#/platform/database.ts";

// The history row has stood there since the announcement; on its day only the present book follows it.
const DUE = sql`
  select distinct on (h.source, h.seller, h.model, h.variant, h.listing) h.*
  from model_pricing_history h join model_pricing p using (source, seller, model, variant, listing)
  where h.announced and h.withdrawn_at is null and h.effective_at > p.effective_at`;

/** Whether a price that was announced for a day is to be applied now. */
export const arePricesDue = sql<boolean>`exists (${DUE} and h.effective_at <= clock_timestamp())`;

/** The sources that have announced a price whose day has come, and the earliest such day. */
export async function findDuePrices(db: Db): Promise<{ sources: string[]; since: string } | undefined> {
  const [row] = await db.execute<{ sources: string[] | null; since: string | null }>(sql`
    select array_agg(distinct source) as sources, to_json(min(effective_at)) #>> '{}' as since
    from (${DUE} and h.effective_at <= clock_timestamp()) due`);
  return row?.sources && row.since !== null ? { sources: row.sources, since: row.since } : undefined;
}

/**
 * Brings one source's present book up to what was announced for a day by `until` (ISO 8601). Answers what
 * moved; the caller settles the rates.
 */
export async function applyDuePrices(tx: Tx, source: string, until: string): Promise<MovedOffer[]> {
  const rows = await tx.execute<MovedOffer>(sql`
    update model_pricing p set state = d.state, charges = d.charges, discount = d.discount, fingerprint = d.fingerprint,
      history_id = d.id, effective_at = d.effective_at, observed_at = d.observed_at, job_id = d.job_id,
      payload_digest = d.payload_digest
    from (${DUE} and h.source = ${source} and h.effective_at <= ${until}::timestamptz
      order by h.source, h.seller, h.model, h.variant, h.listing, h.effective_at desc, h.id desc) d
    where (p.source, p.seller, p.model, p.variant, p.listing) = (d.source, d.seller, d.model, d.variant, d.listing)
    returning p.seller, p.model, p.variant, to_json(p.effective_at) #>> '{}' as "effectiveAt"`);
  return [...rows];
}
