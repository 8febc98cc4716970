import { sql } from "drizzle-orm";
import { PLANNED_FOR_ITS_VALUES, type Db, type Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { LeaseMeter } from "#/sync/lease/lease-meter.ts";
import { LOCK_KEY, type Lease } from "#/sync/lease/lease.ts";

/**
 * Runs `write` in a transaction that no newer holder of the lease can overtake. Throws `LEASE_LOST`, having written
 * nothing, when the fence is not the present one. Every write of a run goes through here.
 */
export async function fencedTransaction<T>(
  { db, leaseMs, leaseMeter }: { db: Db; leaseMs: number; leaseMeter?: LeaseMeter },
  lease: Lease,
  write: (tx: Tx) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    // A worker that freezes in here would hold up the takeover; the database ends such a transaction by itself.
    const rows = await tx.execute(sql`
      select set_config('idle_in_transaction_session_timeout', ${`${Math.ceil(leaseMs / 3)}ms`}, true),
             set_config('statement_timeout', ${`${Math.max(leaseMs, 30_000)}ms`}, true),
             ${PLANNED_FOR_ITS_VALUES}
      from pricing_sync_lock
      where lock_key = ${LOCK_KEY} and fence = ${lease.fence} and locked_by = ${lease.owner}
      for key share`);
    if (rows.length === 0) {
      leaseMeter?.refused();
      throw new AppError("LEASE_LOST", "Another worker has taken over the sync; nothing was written");
    }
    return write(tx);
  });
}
