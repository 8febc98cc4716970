import { and, asc, eq, gt, lte } from "drizzle-orm";
import type { Logger } from "pino";
import type { Db } from "#/platform/database.ts";
import type { NotificationHub } from "#/platform/notification-hub.ts";
import { findEventHorizon, SYNC_EVENT_CHANNEL } from "#/sync/events/append-event.ts";
import type { SyncEventData, SyncEventKind } from "#/terms/event.ts";
import { pricingSyncEvents } from "#/sync/schema.ts";

export type SyncEvent = Readonly<{ id: bigint; jobId: string; at: string; kind: SyncEventKind; data: SyncEventData }>;

/** An event, or `undefined`: "look for yourself whether you are done". */
export type FeedListener = (event: SyncEvent | undefined) => void;

/** What is new, read once for the whole process however many watch it. */
export type EventFeed = Readonly<{
  /**
   * Tells every event after the feed's place, in order. `placed` resolves to it once there is one: what is read from the table
   * after that and what is told leave no gap between them.
   */
  subscribe: (listener: FeedListener) => Readonly<{ placed: Promise<bigint>; unsubscribe: () => void }>;
}>;

export const EVENT_BATCH = 500;
/** Whoever holds events back may end without adding any, and then nobody is notified. */
const LOOK_AGAIN_MS = 100;

type Deps = Readonly<{ db: Db; hub: NotificationHub; log: Logger }>;

/**
 * Reads new events whenever the hub says that there may be some, and tells all listeners. Notifications only wake it: a
 * lost one costs time and never an event. It reads nothing while nobody listens.
 */
export function openEventFeed({ db, hub, log }: Deps): EventFeed {
  const listeners = new Set<FeedListener>();
  let place: bigint | undefined;
  let placed = Promise.withResolvers<bigint>();
  let reading: Promise<void> | undefined;
  let isStale = false;
  let again: NodeJS.Timeout | undefined;

  hub.subscribe(SYNC_EVENT_CHANNEL, (payload) => {
    if (listeners.size === 0) return;
    if (payload === undefined) for (const listener of listeners) listener(undefined);
    wake();
  });

  // One read at a time; what is announced while it goes on is read right after it.
  function wake(): void {
    isStale = true;
    reading ??= readAll().finally(() => {
      reading = undefined;
      if (isStale && listeners.size > 0) wake();
    });
  }

  function tell(event: SyncEvent): void {
    place = event.id;
    for (const listener of listeners) listener(event);
  }

  async function readAll(): Promise<void> {
    while (isStale && listeners.size > 0) {
      isStale = false;
      try {
        const horizon = await findEventHorizon(db);
        place ??= horizon.id;
        placed.resolve(place);
        const events = await listEvents(db, { afterId: place, untilId: horizon.id });
        for (const event of events) tell(event);
        if (events.length === EVENT_BATCH) isStale = true;
        clearTimeout(again);
        if (horizon.isMoving) again = setTimeout(wake, LOOK_AGAIN_MS).unref();
      } catch (error) {
        log.warn({ err: error }, "events: could not be read, tried again with the next sign of life");
      }
    }
  }

  return {
    subscribe(listener) {
      // After a time without listeners it begins at the end again: whoever comes reads the past from the table.
      if (listeners.size === 0 && reading === undefined) {
        place = undefined;
        placed = Promise.withResolvers();
      }
      listeners.add(listener);
      wake();
      return {
        placed: placed.promise.then((first) => place ?? first),
        unsubscribe: () => void listeners.delete(listener),
      };
    },
  };
}

type Wanted = Readonly<{
  /** Of one job; of all when absent. */
  jobId?: string | undefined;
  afterId: bigint;
  /** Needed for the events of all jobs, which commit in any order. */
  untilId?: bigint;
}>;

/** At most `EVENT_BATCH` events after an id, in order. */
export async function listEvents(db: Db, { jobId, afterId, untilId }: Wanted): Promise<SyncEvent[]> {
  const rows = await db
    .select()
    .from(pricingSyncEvents)
    .where(
      and(
        gt(pricingSyncEvents.id, afterId),
        untilId === undefined ? undefined : lte(pricingSyncEvents.id, untilId),
        jobId === undefined ? undefined : eq(pricingSyncEvents.jobId, jobId),
      ),
    )
    .orderBy(asc(pricingSyncEvents.id))
    .limit(EVENT_BATCH);
  return rows.map((row) => ({
    id: row.id,
    jobId: row.jobId,
    at: row.at.toISOString(),
    kind: row.kind,
    data: row.data,
  }));
}
