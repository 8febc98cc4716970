import { and, eq } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { continueTrace } from "#/platform/span.ts";
import { moveJob, type JobMove } from "#/sync/jobs/move-job.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type Input = Readonly<{
  jobId: string;
  attempt: number;
  outcome: Extract<JobMove, { to: "queued" }>["outcome"];
  message: string;
  /** Ahead of the others when 0. */
  waitMs: number;
}>;

/**
 * Puts a running job back into the queue for its next attempt, with a new entry in place of the old one, unless somebody has
 * asked to stop it: then it ends here. A job that was ended meanwhile stays as it is. Answers whether it was running until now.
 * The caller's transaction is fenced, or holds the job's row.
 */
export async function requeueJob(tx: Tx, queue: Pick<Queue, "send" | "remove">, input: Input): Promise<boolean> {
  const { jobId, attempt, outcome, message, waitMs } = input;
  const [job] = await tx
    .select({
      cancelRequestedAt: pricingSyncJobs.cancelRequestedAt,
      cancelledBy: pricingSyncJobs.cancelledBy,
      queueEntryId: pricingSyncJobs.queueEntryId,
      input: pricingSyncJobs.input,
    })
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
  // The queue hands out one at a time: nobody would look again once the worker that has it in hand gives it back.
  if (job.queueEntryId !== null) await queue.remove(tx, job.queueEntryId);
  const running = { from: ["running"], attempt } as const;
  if (job.cancelRequestedAt !== null) {
    const words = describeCancel(job.cancelledBy);
    await moveJob(tx, jobId, {
      ...running,
      to: "cancelled",
      outcome: outcome === "retrying" ? "cancelled" : outcome,
      errorMessage: words,
      message: words,
    });
    return true;
  }
  const options = waitMs === 0 ? { priority: 1 } : { startAfterMs: waitMs };
  const queueEntryId = await continueTrace(job.input.trace, () => queue.send(tx, { jobId }, options));
  await moveJob(tx, jobId, { ...running, to: "queued", outcome, message, waitMs, queueEntryId });
  return true;
}

/** The error message of a cancelled sync. */
export function describeCancel(by: string | null | undefined): string {
  return `Cancelled by ${by ?? "somebody"}; sources that were applied before stay applied`;
}
