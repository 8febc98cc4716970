import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import { endExpiredPins } from "#/book/end-expired-pins.ts";
import { startChores, type Chores } from "#/platform/chores.ts";
import type { Clock } from "#/platform/clock.ts";
import type { Db } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { endAbandonedJobs } from "#/sync/jobs/end-abandoned-jobs.ts";
import { endFrozenWriters } from "#/sync/lease/end-frozen-writers.ts";
import { rescueEntries } from "#/sync/jobs/rescue-entries.ts";
import { rescueJobs } from "#/sync/jobs/rescue-jobs.ts";
import { cleanUp } from "#/sync/jobs/retention.ts";
import { triggerDuePrices } from "#/sync/jobs/trigger-due-prices.ts";

type Deps = Readonly<{
  db: Db;
  clock: Clock;
  queue: Pick<Queue, "listTaken" | "send" | "remove" | "wake">;
  log: Logger;
}>;

/**
 * Looks after the syncs from time to time, until stopped. Every process does it; each chore lets only one through at a
 * time. The first rescue is done when it answers.
 */
export async function startCaretaker(deps: Deps): Promise<Chores> {
  await rescueJobs(deps);
  const rescue = startChores({ ...deps, areNeeded: () => hasUnfinishedJobs(deps.db) }, [
    { name: "end of frozen writers", everyMs: 1_000, run: () => endFrozenWriters(deps) },
    { name: "rescue of dead workers' jobs", everyMs: 1_000, run: () => rescueJobs(deps) },
    { name: "rescue of dead workers' queue entries", everyMs: 1_000, run: () => rescueEntries(deps) },
    { name: "end of abandoned jobs", everyMs: 1_000, run: () => endAbandonedJobs(deps) },
    // Whoever takes an entry out of the queue, here or in another process, tells nobody that the next one can be had.
    { name: "look at the queue", everyMs: 1_000, run: async () => deps.queue.wake() },
  ]);
  const calendar = startChores(deps, [
    { name: "announced prices", everyMs: 1_000, run: () => triggerDuePrices(deps) },
    { name: "expired pins", everyMs: 5_000, run: () => endExpiredPins(deps.db) },
    { name: "retention", everyMs: 3_600_000, run: () => cleanUp(deps) },
  ]);
  return {
    async stop() {
      await Promise.all([rescue.stop(), calendar.stop()]);
    },
  };
}

/** Whether anybody waits for a job: an idle process asks this alone, instead of whom it could rescue. */
async function hasUnfinishedJobs(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ some: boolean }>(sql`
    select exists (select from pricing_sync_jobs where status in ('queued', 'running')) as some`);
  return row?.some ?? true;
}
