import { sql, type SQL } from "drizzle-orm";
import type { ChangeCause, RateCause } from "#/book/schema.ts";
import type { Tx } from "#/platform/database.ts";
import type { OfferKey } from "#/price/offer.ts";

export type Terms = Readonly<{
  cause: Exclude<ChangeCause, "delist">;
  /** The lease's fence, for what a run writes. */
  fence?: bigint;
  actor?: string;
  reason?: string;
}>;

/** An offer that has another price from an instant on (ISO 8601, UTC). */
export type MovedOffer = OfferKey &
  Readonly<{
    effectiveAt: string;
    /** Where it is another one than that of the whole change. */
    cause?: RateCause;
  }>;

/**
 * Makes offers the price in force: one history row each, and the current row. `incoming` answers the columns `source seller
 * model variant listing listed_as derived_from state charges discount fingerprint effective_at observed_at job_id
 * payload_digest`. Answers what
 * was written. The caller holds the source's row lock, and settles the rates.
 */
export async function putInForce(tx: Tx, incoming: SQL, { cause, fence, actor, reason }: Terms): Promise<MovedOffer[]> {
  const written = await tx.execute<MovedOffer>(sql`
    with incoming as materialized (${incoming}),
    written as (
      insert into model_pricing_history (source, seller, model, variant, listing, listed_as, derived_from, state, charges, discount, fingerprint,
        previous_state, previous_charges, effective_at, observed_at, cause, actor, reason, job_id, payload_digest, fence)
      select i.source, i.seller, i.model, i.variant, i.listing, i.listed_as, i.derived_from, i.state, i.charges, i.discount, i.fingerprint,
        case when p.delisted_at is null then p.state else 'unknown' end,
        case when p.delisted_at is null then p.charges else '[]' end,
        i.effective_at, i.observed_at, ${cause}, ${actor ?? null}, ${reason ?? null}, i.job_id, i.payload_digest,
        ${fence ?? null}
      from incoming i left join model_pricing p using (source, seller, model, variant, listing)
      returning id, source, seller, model, variant, listing),
    current as (
      insert into model_pricing (source, seller, model, variant, listing, listed_as, derived_from, state, charges, discount, fingerprint, history_id,
        effective_at, observed_at, job_id, payload_digest)
      select source, seller, model, variant, listing, i.listed_as, i.derived_from, i.state, i.charges, i.discount, i.fingerprint, w.id,
        i.effective_at, i.observed_at, i.job_id, i.payload_digest
      from incoming i join written w using (source, seller, model, variant, listing)
      on conflict (source, seller, model, variant, listing) do update set
        listed_as = excluded.listed_as, derived_from = excluded.derived_from, state = excluded.state, charges = excluded.charges, discount = excluded.discount,
        fingerprint = excluded.fingerprint, history_id = excluded.history_id, effective_at = excluded.effective_at,
        observed_at = excluded.observed_at, job_id = excluded.job_id, payload_digest = excluded.payload_digest
      returning seller, model, variant, effective_at)
    select seller, model, variant, to_json(effective_at) #>> '{}' as "effectiveAt" from current`);
  return [...written];
}
