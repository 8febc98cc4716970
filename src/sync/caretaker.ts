import type { Logger } from "pino";
import type { Clock } from "#/platform/clock.ts";
import type { Db } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { endAbandonedJobs } from "#/sync/end-abandoned-jobs.ts";
import { endFrozenWriters } from "#/sync/end-frozen-writers.ts";
import { rescueEntries } from "#/sync/rescue-entries.ts";
import { rescueJobs } from "#/sync/rescue-jobs.ts";
import { cleanUp } from "#/sync/retention.ts";
import { triggerDuePrices } from "#/sync/trigger-due-prices.ts";
import { triggerDueSchedules } from "#/sync/trigger-due-schedules.ts";

type Deps = Readonly<{ db: Db; clock: Clock; queue: Pick<Queue, "listTaken" | "send" | "remove">; log: Logger }>;
type Chore = Readonly<{ name: string; everyMs: number; run: (deps: Deps) => Promise<unknown> }>;

/** What somebody has to look after from time to time. Every process does it; each chore lets only one through at a time. */
const CHORES: readonly Chore[] = [
  { name: "end of frozen writers", everyMs: 1_000, run: endFrozenWriters },
  { name: "rescue of dead workers' jobs", everyMs: 1_000, run: rescueJobs },
  { name: "rescue of dead workers' queue entries", everyMs: 1_000, run: rescueEntries },
  { name: "end of abandoned jobs", everyMs: 1_000, run: endAbandonedJobs },
  { name: "announced prices", everyMs: 1_000, run: triggerDuePrices },
  { name: "schedules", everyMs: 1_000, run: triggerDueSchedules },
  { name: "retention", everyMs: 3_600_000, run: cleanUp },
];
const TICK_MS = 1_000;

/** Does every chore once, then each in its own time until stopped. The first rescue is done when it answers. */
export async function startCaretaker(deps: Deps): Promise<{ stop: () => Promise<void> }> {
  const { clock, log } = deps;
  const stopped = new AbortController();
  const dueAtMs = new Map<string, number>();
  await rescueJobs(deps);
  const caring = care();
  return {
    async stop() {
      stopped.abort();
      await caring;
    },
  };

  async function care(): Promise<void> {
    while (!stopped.signal.aborted) {
      await clock.sleep(TICK_MS, stopped.signal);
      for (const chore of CHORES) {
        if (stopped.signal.aborted) return;
        if (clock.monotonicMs() >= (dueAtMs.get(chore.name) ?? 0)) await attend(chore);
      }
    }
  }

  async function attend({ name, everyMs, run }: Chore): Promise<void> {
    dueAtMs.set(name, clock.monotonicMs() + everyMs);
    await run(deps).catch((error: unknown) => log.warn({ err: error }, `${name}: failed, tried again later`));
  }
}
