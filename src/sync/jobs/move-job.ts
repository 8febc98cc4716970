import { and, eq, inArray, isNull, sql, type SQL } from "drizzle-orm";
import type { PgUpdateSetSource } from "drizzle-orm/pg-core";
import type { Tx } from "#/platform/database.ts";
import { appendEvent } from "#/sync/events/append-event.ts";
import { pricingSyncAttempts, pricingSyncJobs } from "#/sync/schema.ts";
import { isEnded, mayMove, type AttemptOutcome, type EndedStatus, type JobStatus } from "#/terms/job-status.ts";
import type { SyncEventKind } from "#/terms/event.ts";
import type { JobProgress } from "#/terms/progress.ts";

/** A worker begins the job's next attempt under its lease's fence. */
type Start = Readonly<{ to: "running"; worker: string; fence: bigint }>;
/** Back into the queue for another attempt; `waitMs` is 0 for one that may start at once. */
type Requeue = Readonly<{
  to: "queued";
  outcome: Extract<AttemptOutcome, "retrying" | "faulted" | "drained" | "died">;
  queueEntryId: string;
  waitMs: number;
}>;
type End = Readonly<{
  to: EndedStatus;
  /** How the last attempt ended, where that is something else than the job's end. */
  outcome?: AttemptOutcome;
  errorMessage: string | null;
  cancelledBy?: string;
}>;

export type JobMove = (Start | Requeue | End) &
  Readonly<{
    from: readonly JobStatus[];
    /** For people: stands in the event and with the attempt. */
    message: string;
    progress?: JobProgress;
    /** Only while this is the job's attempt, or its fence: whoever was superseded moves nothing. */
    attempt?: number;
    fence?: bigint;
  }>;

export type MovedJob = Readonly<{ attempt: number; queueEntryId: string | null }>;

/**
 * The one way in which a job's state changes: one conditional UPDATE, the attempt's row, and the event, in the caller's
 * transaction. Answers `undefined`, having written nothing, when the job is not in a state of `from` any more. Throws for a
 * move that `JOB_MOVES` does not allow. Call it last in a transaction.
 */
export async function moveJob(tx: Tx, jobId: string, move: JobMove): Promise<MovedJob | undefined> {
  const { from, to, message, progress } = move;
  for (const state of from) if (!mayMove(state, to)) throw new Error(`a job can't move from ${state} to ${to}`);
  const [moved] = await tx
    .update(pricingSyncJobs)
    .set({ status: to, ...changesOf(move), ...(progress === undefined ? {} : { progress }) })
    .where(and(eq(pricingSyncJobs.jobId, jobId), inArray(pricingSyncJobs.status, [...from]), guardOf(move)))
    .returning({ attempt: pricingSyncJobs.attempt, queueEntryId: pricingSyncJobs.queueEntryId });
  if (moved === undefined) return undefined;
  const { attempt } = moved;
  await writeAttempt(tx, jobId, attempt, move);
  await appendEvent(tx, {
    jobId,
    kind: eventKind(to),
    data: {
      message,
      status: to,
      ...(attempt === 0 ? {} : { attempt }),
      ...(progress === undefined ? {} : { progress }),
    },
    ...(move.fence === undefined ? {} : { fence: move.fence }),
  });
  return moved;
}

/** A hand has ended the job in its row: its attempt and its watchers are told, as `moveJob` would have. */
export async function completeEndByHand(
  tx: Tx,
  { jobId, attempt, status, fence }: { jobId: string; attempt: number; status: EndedStatus; fence: bigint },
): Promise<void> {
  const message = `Ended from outside as ${status}`;
  await endAttempt(tx, jobId, attempt, status, message);
  await appendEvent(tx, { jobId, kind: "ended", data: { message, status, attempt }, fence });
}

function changesOf(move: JobMove): PgUpdateSetSource<typeof pricingSyncJobs> {
  if (move.to === "running")
    return {
      attempt: sql`${pricingSyncJobs.attempt} + 1`,
      startedAt: sql`coalesce(${pricingSyncJobs.startedAt}, clock_timestamp())`,
      worker: move.worker,
      fence: move.fence,
      retryAt: null,
    };
  if (move.to === "queued") {
    const { waitMs, queueEntryId } = move;
    const retryAt = waitMs === 0 ? null : sql`clock_timestamp() + ${waitMs} * interval '1 millisecond'`;
    return { worker: null, retryAt, queueEntryId };
  }
  const { errorMessage, cancelledBy } = move;
  return {
    completedAt: sql`clock_timestamp()`,
    retryAt: null,
    errorMessage,
    ...(cancelledBy === undefined ? {} : { cancelledBy }),
  };
}

function guardOf(move: JobMove): SQL | undefined {
  return and(
    move.attempt === undefined ? undefined : eq(pricingSyncJobs.attempt, move.attempt),
    move.fence === undefined || move.to === "running" ? undefined : eq(pricingSyncJobs.fence, move.fence),
  );
}

async function writeAttempt(tx: Tx, jobId: string, attempt: number, move: JobMove): Promise<void> {
  if (move.to === "running") {
    const { worker, fence } = move;
    await tx.insert(pricingSyncAttempts).values({ jobId, attempt, worker, fence });
    return;
  }
  const outcome = move.to === "queued" ? move.outcome : (move.outcome ?? move.to);
  await endAttempt(tx, jobId, attempt, outcome, move.message);
}

/** Once: an attempt that has ended already keeps its outcome. */
async function endAttempt(
  tx: Tx,
  jobId: string,
  attempt: number,
  outcome: AttemptOutcome,
  message: string,
): Promise<void> {
  await tx
    .update(pricingSyncAttempts)
    .set({ outcome, message, endedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(pricingSyncAttempts.jobId, jobId),
        eq(pricingSyncAttempts.attempt, attempt),
        isNull(pricingSyncAttempts.endedAt),
      ),
    );
}

function eventKind(to: JobStatus): SyncEventKind {
  if (isEnded(to)) return "ended";
  return to === "running" ? "started" : "requeued";
}
