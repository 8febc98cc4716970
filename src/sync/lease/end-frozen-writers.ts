import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { LOCK_KEY } from "#/sync/lease/lease.ts";

/** A client that lives sends the second half of a statement within milliseconds. */
const FROZEN_AFTER_SECONDS = 0.5;

/**
 * Ends the transactions of a holder that has frozen in the middle of a statement, between describing it and sending its
 * parameters. The database takes that for work and not for idleness, so none of its own timeouts ends it, and the lock
 * row that it holds keeps everyone from taking over. Only once the lease has run out. Answers how many it ended.
 */
export async function endFrozenWriters({ db }: { db: Db }): Promise<number> {
  const ended = await db.execute(sql`
    select pg_terminate_backend(writer.pid)
    from pg_locks held join pg_stat_activity writer using (pid)
    where held.relation = 'pricing_sync_lock'::regclass and held.mode = 'RowShareLock' and held.granted
      and held.database = (select oid from pg_database where datname = current_database())
      and writer.state = 'active' and writer.wait_event = 'ClientRead'
      and writer.state_change < clock_timestamp() - ${FROZEN_AFTER_SECONDS} * interval '1 second'
      and exists (
        select from pricing_sync_lock lock where lock.lock_key = ${LOCK_KEY} and lock.expires_at <= clock_timestamp())`);
  return ended.length;
}
