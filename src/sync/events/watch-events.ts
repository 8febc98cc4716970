import { eq } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { findEventHorizon } from "#/sync/events/append-event.ts";
import { EVENT_BATCH, listEvents, type EventFeed, type SyncEvent } from "#/sync/events/event-feed.ts";
import { isEnded } from "#/terms/job-status.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type Input = Readonly<{
  /** One job's events, until it has ended; without it everybody's, for ever. */
  jobId?: string | undefined;
  /** Continue after this event. Without it: one job from its beginning, everybody's from now on. */
  afterId?: bigint | undefined;
  signal: AbortSignal;
}>;

/** A watcher that is further behind reads from the table again instead of filling the memory. */
const MOST_WAITING = 1_000;

/**
 * Every event once, in order: subscribes to the feed first, then replays from the table, then goes on with what the feed
 * tells. Throws the signal's reason when aborted.
 */
export async function* watchEvents(
  { db, feed }: { db: Db; feed: EventFeed },
  { jobId, afterId, signal }: Input,
): AsyncGenerator<SyncEvent, void> {
  let wake = Promise.withResolvers<void>();
  let waiting: SyncEvent[] = [];
  let mustReplay = jobId !== undefined || afterId !== undefined;
  let mustLook = false;
  const { placed, unsubscribe } = feed.subscribe((event) => {
    if (event === undefined) mustLook = true;
    else if (jobId !== undefined && event.jobId !== jobId) return;
    else if (waiting.length < MOST_WAITING) waiting.push(event);
    else mustReplay = true;
    wake.resolve();
  });
  const onAbort = () => wake.resolve();
  signal.addEventListener("abort", onAbort, { once: true });

  try {
    const place = await Promise.race([placed, aborted(signal)]);
    let lastId = afterId ?? (jobId === undefined ? place : 0n);
    for (;;) {
      signal.throwIfAborted();
      wake = Promise.withResolvers();
      // Asked before its events are read: whatever ended it is among them then.
      const isOver = (mustReplay || mustLook) && jobId !== undefined && (await hasEnded(db, jobId));
      const isReplay = mustReplay || isOver;
      mustLook = false;
      mustReplay = false;
      const news = isReplay ? await replay(db, lastId, jobId) : waiting.splice(0);
      if (isReplay && news.length === EVENT_BATCH) mustReplay = true;
      const seen = lastId;
      for (const event of news.filter(({ id }) => id > seen)) {
        yield event;
        lastId = event.id;
      }
      if (mustReplay) continue;
      if (isOver) return;
      if (jobId !== undefined && news.some(({ kind }) => kind === "ended")) return;
      waiting = waiting.filter(({ id }) => id > lastId);
      if (waiting.length === 0 && !mustLook) await wake.promise;
    }
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", onAbort);
  }
}

/** One job's events commit in order, and those of all jobs do not. */
async function replay(db: Db, afterId: bigint, jobId: string | undefined): Promise<SyncEvent[]> {
  if (jobId !== undefined) return listEvents(db, { jobId, afterId });
  const { id: untilId } = await findEventHorizon(db);
  return listEvents(db, { afterId, untilId });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function hasEnded(db: Db, jobId: string): Promise<boolean> {
  const [job] = await db
    .select({ status: pricingSyncJobs.status })
    .from(pricingSyncJobs)
    .where(eq(pricingSyncJobs.jobId, jobId));
  return job === undefined || isEnded(job.status);
}
