import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import { arePricesDue } from "#/book/apply-due-prices.ts";
import { arePinsOver, endExpiredPins } from "#/book/end-expired-pins.ts";
import type { Chore } from "#/platform/chores.ts";
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
  queue: Pick<Queue, "listTaken" | "send" | "remove" | "wake">;
  log: Logger;
}>;

/** An idle process need not look for whom it could rescue. */
const UNFINISHED = sql<boolean>`exists (select from pricing_sync_jobs where status in ('queued', 'running'))`;

/** What keeps the syncs going. Every process does it; each chore lets only one through at a time. */
export function syncChores(deps: Deps): Chore[] {
  return [
    { name: "rescue of syncs", due: UNFINISHED, run: () => rescue(deps) },
    { name: "announced prices", due: arePricesDue, run: () => triggerDuePrices(deps) },
    { name: "expired pins", due: arePinsOver, run: () => endExpiredPins(deps.db) },
    { name: "retention", everyMs: 3_600_000, run: () => cleanUp(deps) },
  ];
}

/** In this order, as each goes on where the one before has freed something; and a step that fails holds none up. */
async function rescue(deps: Deps): Promise<void> {
  const { log, queue } = deps;
  for (const step of [endFrozenWriters, rescueJobs, rescueEntries, endAbandonedJobs])
    await step(deps).catch((error: unknown) =>
      log.warn({ err: error, step: step.name }, "rescue: failed, tried again later"),
    );
  // Whoever takes an entry out of the queue, here or in another process, tells nobody that the next one can be had.
  queue.wake();
}
