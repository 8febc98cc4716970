import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";

export const LOCK_KEY = "pricing_sync_global";

/**
 * The lease is the right to write prices. Its contract:
 * - one row per key, never deleted; every grant takes a higher `fence` from a sequence;
 * - acquire-or-steal, renew and release are one statement each, on the database's `clock_timestamp()` only;
 * - `owner` is per acquisition: a process that comes back from the dead is not the owner any more;
 * - a write counts only in a transaction that holds the row `FOR KEY SHARE` under its fence (`fenced-transaction.ts`),
 *   which a takeover, changing the fence, has to wait for; renewals don't change the fence and wait for nobody.
 */
export type Lease = Readonly<{ owner: string; fence: bigint }>;

/** Whether somebody holds the lock of this row now. */
export const IS_HELD = sql`locked_by is not null and expires_at > clock_timestamp()`;

const fenceRow = z.object({ fence: z.coerce.bigint() });

type AcquireInput = Readonly<{ owner: string; worker: string; jobId: string; leaseMs: number }>;

/** Takes the lease when it is free or has expired; `undefined` when somebody holds it. */
export async function acquireLease(
  db: Db,
  { owner, worker, jobId, leaseMs }: AcquireInput,
): Promise<Lease | undefined> {
  // The fence is drawn again once the row is ours: one from before the wait for it may be lower than its last holder's.
  const rows = await db.execute(sql`
    insert into pricing_sync_lock as lock (lock_key, fence, locked_by, worker, job_id, locked_at, renewed_at, expires_at)
    values (${LOCK_KEY}, nextval('pricing_sync_fence'), ${owner}, ${worker}, ${jobId}, clock_timestamp(), clock_timestamp(),
            clock_timestamp() + ${leaseMs} * interval '1 millisecond')
    on conflict (lock_key) do update
      set fence = nextval('pricing_sync_fence'), locked_by = excluded.locked_by, worker = excluded.worker, job_id = excluded.job_id,
          locked_at = clock_timestamp(), renewed_at = clock_timestamp(),
          expires_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      where lock.expires_at <= clock_timestamp()
    returning fence::text`);
  const row = rows[0];
  return row === undefined ? undefined : { owner, fence: fenceRow.parse(row).fence };
}

/** `false`: lost for good under this fence. */
export async function renewLease(db: Db, { owner, fence }: Lease, leaseMs: number): Promise<boolean> {
  const rows = await db.execute(sql`
    update pricing_sync_lock
    set renewed_at = clock_timestamp(), expires_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    where lock_key = ${LOCK_KEY} and fence = ${fence} and locked_by = ${owner} and expires_at > clock_timestamp()
    returning 1`);
  return rows.length === 1;
}

/** Ends the lease at once. Harmless when it is lost already. */
export async function releaseLease(db: Db, { owner, fence }: Lease): Promise<void> {
  await db.execute(sql`
    update pricing_sync_lock
    set locked_by = null, worker = null, job_id = null, expires_at = clock_timestamp()
    where lock_key = ${LOCK_KEY} and fence = ${fence} and locked_by = ${owner}`);
}

export const lockStatus = z.object({
  held: z.boolean(),
  worker: z.string().nullable(),
  jobId: z.string().nullable(),
  /** Rises with every grant; null before the first. */
  fence: z.string().nullable(),
  lockedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  /** By the database's clock; 0 when free. */
  secondsLeft: z.number(),
});
export type LockStatus = z.infer<typeof lockStatus>;

/** Who holds the lock now. Throws when the database can't be asked: that is never "free". */
export async function getLockStatus(db: Db): Promise<LockStatus> {
  const rows = await db.execute(sql`
    select ${IS_HELD} as held, worker, job_id as "jobId", fence::text,
           to_json(locked_at) #>> '{}' as "lockedAt", to_json(expires_at) #>> '{}' as "expiresAt",
           greatest(0, extract(epoch from expires_at - clock_timestamp()))::float8 as "secondsLeft"
    from pricing_sync_lock where lock_key = ${LOCK_KEY}`);
  const row = rows[0];
  if (row === undefined) {
    return { held: false, worker: null, jobId: null, fence: null, lockedAt: null, expiresAt: null, secondsLeft: 0 };
  }
  return lockStatus.parse(row);
}
