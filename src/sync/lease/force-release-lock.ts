import { sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { getLockStatus, LOCK_KEY, type LockStatus } from "#/sync/lease/lease.ts";

/**
 * Takes the lock from whoever holds it and leaves it free. The holder can't write from then on; its sync goes back into
 * the queue as that of a dead worker does. `released` is false when nobody held it.
 */
export async function forceReleaseLock(
  db: Db,
  actor: Principal,
  { reason }: { reason: string },
): Promise<{ released: boolean; lock: LockStatus }> {
  return db.transaction(async (tx) => {
    const before = await getLockStatus(tx);
    // The new fence is what shuts the holder out; changing it waits for a transaction of the holder's that is under way.
    const rows = await tx.execute(sql`
      update pricing_sync_lock
      set fence = nextval('pricing_sync_fence'), locked_by = null, worker = null, job_id = null, expires_at = clock_timestamp()
      where lock_key = ${LOCK_KEY} and locked_by is not null
      returning 1`);
    const lock = await getLockStatus(tx);
    if (rows.length > 0)
      await recordAudit(tx, actor, { action: "lock.release", target: LOCK_KEY, reason, before, after: lock });
    return { released: rows.length > 0, lock };
  });
}
