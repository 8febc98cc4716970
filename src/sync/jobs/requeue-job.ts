import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { appendEvent } from "#/sync/events/append-event.ts";
import { endAttempt } from "#/sync/jobs/attempts.ts";
import { describeCancel, endJob } from "#/sync/jobs/end-job.ts";
import type { AttemptOutcome } from "#/terms/job-status.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type Input = Readonly<{
  jobId: string;
  attempt: number;
  outcome: Extract<AttemptOutcome, "retrying" | "faulted" | "drained" | "died">;
  message: string;
  /** Ahead of the others when 0. */
  waitMs: number;
}>;

/**
 * Puts a running job back into the queue for its next attempt, with an entry of its own, unless somebody has asked to stop
 * it: then it ends here. A job that was ended meanwhile stays as it is. Answers whether it was running until now. The
 * caller's transaction is fenced, or holds the job's row.
 */
export async function requeueJob(
  tx: Tx,
  queue: Pick<Queue, "send">,
  { jobId, attempt, outcome, message, waitMs }: Input,
): Promise<boolean> {
  const [job] = await tx
    .select()
    .from(pricingSyncJobs)
    .where(
      and(
        eq(pricingSyncJobs.jobId, jobId),
        eq(pricingSyncJobs.status, "running"),
        eq(pricingSyncJobs.attempt, attempt),
      ),
    )
    .for("update");
  if (job === undefined) return false;
  if (job.cancelRequestedAt !== null && job.fence !== null) {
    const words = describeCancel(job.cancelledBy);
    await endJob(tx, {
      jobId,
      attempt,
      fence: job.fence,
      status: "cancelled",
      outcome: outcome === "retrying" ? "cancelled" : outcome,
      errorMessage: words,
      message: words,
    });
    return true;
  }
  const retryAt = waitMs === 0 ? null : sql`clock_timestamp() + ${waitMs} * interval '1 millisecond'`;
  const queueEntryId = await queue.send(tx, { jobId }, waitMs === 0 ? { priority: 1 } : { startAfterMs: waitMs });
  await tx
    .update(pricingSyncJobs)
    .set({ status: "queued", worker: null, retryAt, queueEntryId })
    .where(eq(pricingSyncJobs.jobId, jobId));
  await endAttempt(tx, { jobId, attempt, outcome, message });
  await appendEvent(tx, { jobId, kind: "requeued", data: { message, status: "queued", attempt } });
  return true;
}
