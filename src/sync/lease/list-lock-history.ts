import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { LOCK_KEY } from "#/sync/lease/lease.ts";
import { JOB_KINDS } from "#/terms/job-kind.ts";
import { ATTEMPT_OUTCOMES } from "#/terms/job-status.ts";

export const lockHolding = z.object({
  /** Rises with every grant, in digits. */
  fence: z.string(),
  worker: z.string(),
  jobId: z.string(),
  kind: z.enum(JOB_KINDS),
  attempt: z.int(),
  lockedAt: z.string(),
  /** Null while it is held. */
  endedAt: z.string().nullable(),
  /** So far, or in all, by the database's clock. */
  seconds: z.number(),
  /** How the attempt under it ended; `died` where the lock ran out. Null while it is held. */
  outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
  message: z.string().nullable(),
  /** Who took it away by hand, when, and why. */
  released: z.object({ by: z.string(), at: z.string(), reason: z.string().nullable() }).nullable(),
});
export type LockHolding = z.infer<typeof lockHolding>;

type Input = Readonly<{ limit: number; cursor?: string | undefined }>;

/** Who held the lock, the newest first; page by cursor. Holdings are kept as long as their runs. */
export async function listLockHistory(
  db: Db,
  { limit, cursor }: Input,
): Promise<{ holdings: LockHolding[]; nextCursor: string | null }> {
  const rows = await db.execute(sql`
    with held as (
      select * from pricing_sync_attempts where ${cursor === undefined ? sql`true` : sql`fence < ${cursor}::bigint`}
      order by fence desc limit ${limit + 1}),
    released as (
      select distinct on (before ->> 'fence') before ->> 'fence' as fence, at, actor, reason from audit_log
      where action = 'lock.release' and target = ${LOCK_KEY} and at >= (select min(started_at) from held)
      order by before ->> 'fence', id)
    select h.fence::text, h.worker, h.job_id as "jobId", j.kind, h.attempt, to_json(h.started_at) #>> '{}' as "lockedAt",
      to_json(least(h.ended_at, r.at)) #>> '{}' as "endedAt", h.outcome, h.message,
      greatest(0, extract(epoch from coalesce(least(h.ended_at, r.at), clock_timestamp()) - h.started_at))::float8 as seconds,
      case when r.fence is not null then json_build_object('by', r.actor, 'at', to_json(r.at) #>> '{}', 'reason', r.reason) end as released
    from held h join pricing_sync_jobs j using (job_id) left join released r on r.fence = h.fence::text
    order by h.fence desc`);
  const holdings = z.array(lockHolding).parse([...rows].slice(0, limit));
  return { holdings, nextCursor: rows.length > limit ? (holdings.at(-1)?.fence ?? null) : null };
}
