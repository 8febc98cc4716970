import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import type { Db } from "#/platform/database.ts";

const MOST_BATCHES = 1_000;

/**
 * Removes what is kept for a while only, in batches with a transaction each: ended jobs, their log and events, and payloads
 * that nothing points to. Prices and their history stay for ever. What another process is removing is left to it.
 */
export async function cleanUp({ db, log }: { db: Db; log: Logger }): Promise<void> {
  const locks = await drain(db, sql`select cleanup_expired_pricing_locks() as count`, 1);
  const jobs = await drain(db, sql`select cleanup_old_pricing_jobs() as count`, MOST_BATCHES);
  const events = await drain(db, sql`select cleanup_old_pricing_events() as count`, MOST_BATCHES);
  const payloads = await drain(db, sql`select cleanup_unused_payloads() as count`, MOST_BATCHES);
  if (jobs + events + payloads > 0) log.info({ locks, jobs, events, payloads }, "retention: removed what was old");
}

async function drain(db: Db, batch: ReturnType<typeof sql>, most: number): Promise<number> {
  let removed = 0;
  for (let round = 0; round < most; round += 1) {
    const [row] = await db.execute<{ count: number }>(batch);
    const count = row?.count ?? 0;
    removed += count;
    if (count === 0) break;
  }
  return removed;
}
