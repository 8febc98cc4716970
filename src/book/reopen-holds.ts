import { sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { idSet, lockSources } from "#/book/lock-sources.ts";
import { putInForce } from "#/book/put-in-force.ts";
import { UNKNOWN_FINGERPRINT } from "#/book/unknown-price.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";

/**
 * Takes decisions back: the holds are open again, and what an approval had put in force is out again, as long as nothing
 * newer stands there. Throws `CONFLICT` when a hold can't be reopened, `NOT_FOUND` when it was not decided by a person.
 */
export async function reopenHolds(
  db: Db,
  actor: Principal,
  { ids, reason }: { ids: readonly string[]; reason: string },
): Promise<{ reopened: number }> {
  return db.transaction(async (tx) => {
    const picked = idSet(ids);
    await lockSources(tx, sql`select source from price_holds where id in ${picked}`);
    const rows = await tx.execute<{ id: string; moved: boolean; reheld: boolean }>(sql`
      select h.id::text,
        h.state = 'approved' and p.fingerprint is distinct from h.new_fingerprint as moved,
        exists (select from price_holds o where o.state = 'open' and (o.source, o.seller, o.model, o.variant)
          = (h.source, h.seller, h.model, h.variant) and o.effective_at is not distinct from h.effective_at) as reheld
      from price_holds h left join model_pricing p using (source, seller, model, variant)
      where h.id in ${picked} and h.state in ('approved', 'rejected') and h.effective_at is null for update of h`);
    if (rows.length < ids.length)
      throw new AppError("NOT_FOUND", "Not all of these were decided by a person; nothing was reopened");
    if (rows.some(({ moved, reheld }) => moved || reheld))
      throw new AppError("CONFLICT", "The price has moved on since the decision; nothing was reopened");
    const incoming = sql`
      select h.source, h.seller, h.model, h.variant, h.listing, coalesce(h.old_state, 'unknown') as state,
        coalesce(h.old_charges, '[]') as charges, null::jsonb as discount, coalesce(h.old_fingerprint, ${UNKNOWN_FINGERPRINT}) as fingerprint,
        clock_timestamp() as effective_at, clock_timestamp() as observed_at, h.job_id, h.payload_digest
      from price_holds h where h.id in ${picked} and h.state = 'approved'`;
    await putInForce(tx, incoming, { cause: "revert", actor: actor.label, reason });
    await tx.execute(sql`
      with decided as (select id, state, decision from price_holds where id in ${picked}),
      reopened as (
        update price_holds set state = 'open', decided_at = null, decided_by = null, decision = null
        where id in ${picked} returning *)
      insert into audit_log (actor_kind, actor_id, actor, address, action, target, reason, before, after)
      select ${actor.kind}, ${actor.id}, ${actor.label}, ${actor.address ?? null}, 'review.reopen',
        'hold ' || id || ': ' || source || ' ' || seller || ' ' || model || ' ' || variant, ${reason},
        jsonb_build_object('state', decided.state, 'decision', decided.decision), jsonb_build_object('state', reopened.state)
      from reopened join decided using (id)`);
    return { reopened: rows.length };
  });
}
