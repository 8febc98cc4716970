import { sql, type SQL } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { SyncEventData, SyncEventKind } from "#/terms/event.ts";

export const SYNC_EVENT_CHANNEL = "ratebook_sync_event";

const IDS = "pricing_sync_events_id_seq";
/** The upper bits of a number that nothing else in the database locks; the lower ones hold an event's id. */
const APPENDING = sql`(7283002::bigint << 40)`;

type NewEvent = Readonly<{ jobId: string; kind: SyncEventKind; data: SyncEventData; fence?: bigint }>;

/**
 * Appends an event and wakes all watchers when the caller's transaction commits. It waits for no other job: until the
 * transaction has ended, a shared lock says after which id it draws its own, for `findEventHorizon`. One job's events commit in
 * order. Call it last in a transaction, as no later event of all jobs is read meanwhile.
 */
export async function appendEvent(tx: Db, { jobId, ...event }: NewEvent): Promise<void> {
  await append(tx, sql`select job_id from pricing_sync_jobs where job_id = ${jobId}::uuid for no key update`, event);
}

/**
 * The same for a job that is written by the same statement, and so are the rows that `beside` inserts. `job` answers its `job_id`.
 * Answers the start of the transaction (ISO 8601, UTC).
 */
export async function appendFirstEvent(
  tx: Db,
  job: SQL,
  event: Omit<NewEvent, "jobId">,
  beside?: SQL,
): Promise<string> {
  const [row] = await append(tx, job, event, beside);
  if (row === undefined) throw new Error("a job was written without its event");
  return new Date(row.begun).toISOString();
}

async function append(tx: Db, job: SQL, { kind, data, fence }: Omit<NewEvent, "jobId">, beside = sql`select`) {
  // Each comes from the one before, so an id is drawn under both locks.
  return tx.execute<{ begun: string }>(sql`
    with beside as (${beside}), job as materialized (${job}),
      appending as materialized (
        select job_id, pg_advisory_xact_lock_shared(${APPENDING} + coalesce(pg_sequence_last_value(${IDS}), 0)) from job),
      event as (
        insert into pricing_sync_events (job_id, kind, data, fence)
        select job_id, ${kind}::text, ${JSON.stringify(data)}::text::jsonb, ${fence ?? null}::bigint from appending
        returning job_id)
    select pg_notify(${SYNC_EVENT_CHANNEL}, job_id::text), to_json(now()) #>> '{}' as begun from event`);
}

export type EventHorizon = Readonly<{
  /** Every event up to this id is there, or never will be. */
  id: bigint;
  /** Somebody is about to add events after it. */
  isMoving: boolean;
}>;

/** How far events can be read so that "everything after id N" never skips one that commits late. Ask before you read. */
export async function findEventHorizon(db: Db): Promise<EventHorizon> {
  // Whoever has drawn one of these ids had its lock by then, and has ended or is seen to hold it still.
  const [row] = await db.execute<{ drawn: string; before: string | null }>(sql`
    with ids as materialized (select coalesce(pg_sequence_last_value(${IDS}), 0) as drawn)
    select drawn::text, (
      select min((classid::bigint << 32) + objid::bigint - ${APPENDING}) from pg_locks
      where drawn is not null and locktype = 'advisory' and objsubid = 1 and classid::bigint >> 8 = 7283002
        and database = (select oid from pg_database where datname = current_database()))::text as before
    from ids`);
  if (row === undefined) throw new Error("the horizon of events was answered without a row");
  const drawn = BigInt(row.drawn);
  const before = row.before === null ? drawn : BigInt(row.before);
  return before < drawn ? { id: before, isMoving: true } : { id: drawn, isMoving: false };
}
