import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { SyncEventData, SyncEventKind } from "#/terms/event.ts";

export const SYNC_EVENT_CHANNEL = "ratebook_sync_event";

// Any number that nothing else in the database locks.
const EVENT_ORDER_LOCK = 7_283_002;

type NewEvent = Readonly<{ jobId: string; kind: SyncEventKind; data: SyncEventData; fence?: bigint }>;

/** Makes everyone else who wants to append an event wait until this transaction has ended. */
export async function lockEventOrder(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${EVENT_ORDER_LOCK})`);
}

/**
 * Appends an event and wakes all watchers when the caller's transaction commits. The lock makes ids visible in their
 * order, so that "everything after id N" never skips one that commits late. Call it last in a transaction.
 */
export async function appendEvent(tx: Db, { jobId, kind, data, fence }: NewEvent): Promise<void> {
  // The row comes from the turn, so its id is drawn under the lock; one statement, since everybody waits while it is held.
  await tx.execute(sql`
    with turn as materialized (select pg_advisory_xact_lock(${EVENT_ORDER_LOCK}::bigint)),
      event as (
        insert into pricing_sync_events (job_id, kind, data, fence)
        select ${jobId}::uuid, ${kind}::text, ${JSON.stringify(data)}::text::jsonb, ${fence ?? null}::bigint from turn returning job_id)
    select pg_notify(${SYNC_EVENT_CHANNEL}, job_id::text) from event`);
}
