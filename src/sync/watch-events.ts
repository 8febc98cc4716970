import { and, asc, eq, gt, max } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { NotificationHub } from "#/platform/notification-hub.ts";
import { SYNC_EVENT_CHANNEL } from "#/sync/append-event.ts";
import type { SyncEventData, SyncEventKind } from "#/sync/event.ts";
import { pricingSyncEvents, pricingSyncJobs } from "#/sync/schema.ts";
import { isEnded } from "#/sync/job-status.ts";

export type SyncEvent = Readonly<{ id: bigint; jobId: string; at: string; kind: SyncEventKind; data: SyncEventData }>;

type Input = Readonly<{
  /** One job's events, until it has ended; without it everybody's, for ever. */
  jobId?: string | undefined;
  /** Continue after this event. Without it: one job from its beginning, everybody's from now on. */
  afterId?: bigint | undefined;
  signal: AbortSignal;
}>;

const BATCH = 500;

/**
 * Every event once, in order: subscribes first, then replays from the table, then goes on with whatever is new.
 * Notifications only wake it, so a lost one costs time and never an event. Throws the signal's reason when aborted.
 */
export async function* watchEvents(
  { db, hub }: { db: Db; hub: NotificationHub },
  input: Input,
): AsyncGenerator<SyncEvent, void> {
  const { jobId, signal } = input;
  let wake = Promise.withResolvers<void>();
  const unsubscribe = hub.subscribe(SYNC_EVENT_CHANNEL, (payload) => {
    if (payload === undefined || jobId === undefined || payload === jobId) wake.resolve();
  });
  const onAbort = () => wake.resolve();
  signal.addEventListener("abort", onAbort, { once: true });

  try {
    let lastId = input.afterId ?? (jobId === undefined ? await newestEventId(db) : 0n);
    for (;;) {
      signal.throwIfAborted();
      wake = Promise.withResolvers();
      const ended = jobId !== undefined && (await hasEnded(db, jobId));
      const events = await listEventsAfter(db, lastId, jobId);
      for (const event of events) {
        yield event;
        lastId = event.id;
      }
      if (events.length === BATCH) continue;
      if (ended) return;
      await wake.promise;
    }
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", onAbort);
  }
}

async function newestEventId(db: Db): Promise<bigint> {
  const [row] = await db.select({ id: max(pricingSyncEvents.id) }).from(pricingSyncEvents);
  return BigInt(row?.id ?? 0);
}

async function hasEnded(db: Db, jobId: string): Promise<boolean> {
  const [job] = await db
    .select({ status: pricingSyncJobs.status })
    .from(pricingSyncJobs)
    .where(eq(pricingSyncJobs.jobId, jobId));
  return job === undefined || isEnded(job.status);
}

async function listEventsAfter(db: Db, lastId: bigint, jobId: string | undefined): Promise<SyncEvent[]> {
  const rows = await db
    .select()
    .from(pricingSyncEvents)
    .where(and(gt(pricingSyncEvents.id, lastId), jobId === undefined ? undefined : eq(pricingSyncEvents.jobId, jobId)))
    .orderBy(asc(pricingSyncEvents.id))
    .limit(BATCH);
  return rows.map((row) => ({
    id: row.id,
    jobId: row.jobId,
    at: row.at.toISOString(),
    kind: row.kind,
    data: row.data,
  }));
}
