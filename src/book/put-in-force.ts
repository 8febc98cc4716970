import { sql, type SQL } from "drizzle-orm";
import type { ChangeCause } from "#/book/schema.ts";
import type { Tx } from "#/platform/database.ts";

export type Terms = Readonly<{
  cause: Exclude<ChangeCause, "pin" | "unpin" | "delist">;
  /** The lease's fence, for what a run writes. */
  fence?: bigint;
  actor?: string;
  reason?: string;
}>;

/**
 * Makes offers the price in force: one history row each, and the current row. `incoming` answers the columns `source seller
 * model variant listing state charges discount fingerprint effective_at observed_at job_id payload_digest`. Answers how
 * many were written. The caller holds the source's row lock.
 */
export async function putInForce(tx: Tx, incoming: SQL, { cause, fence, actor, reason }: Terms): Promise<number> {
  const [written] = await tx.execute<{ count: number }>(sql`
    with incoming as materialized (${incoming}),
    written as (
      insert into model_pricing_history (source, seller, model, variant, state, charges, discount, fingerprint,
        previous_state, previous_charges, effective_at, observed_at, cause, actor, reason, job_id, payload_digest, fence)
      select i.source, i.seller, i.model, i.variant, i.state, i.charges, i.discount, i.fingerprint,
        case when p.delisted_at is null then p.state else 'unknown' end,
        case when p.delisted_at is null then p.charges else '[]' end,
        i.effective_at, i.observed_at, ${cause}, ${actor ?? null}, ${reason ?? null}, i.job_id, i.payload_digest,
        ${fence ?? null}
      from incoming i left join model_pricing p using (source, seller, model, variant)
      returning id, source, seller, model, variant),
    current as (
      insert into model_pricing (source, seller, model, variant, listing, state, charges, discount, fingerprint, history_id,
        effective_at, observed_at, job_id, payload_digest)
      select source, seller, model, variant, i.listing, i.state, i.charges, i.discount, i.fingerprint, w.id,
        i.effective_at, i.observed_at, i.job_id, i.payload_digest
      from incoming i join written w using (source, seller, model, variant)
      on conflict (source, seller, model, variant) do update set
        listing = excluded.listing, state = excluded.state, charges = excluded.charges, discount = excluded.discount,
        fingerprint = excluded.fingerprint, history_id = excluded.history_id, effective_at = excluded.effective_at,
        observed_at = excluded.observed_at, job_id = excluded.job_id, payload_digest = excluded.payload_digest
      returning 1)
    select count(*)::int as count from current`);
  return written?.count ?? 0;
}
