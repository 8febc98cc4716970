import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import { appendEvent } from "#/sync/events/append-event.ts";
import { endAttempt } from "#/sync/jobs/attempts.ts";
import type { AttemptOutcome, EndedStatus } from "#/terms/job-status.ts";
import type { JobProgress } from "#/terms/progress.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type EndInput = Readonly<{
  jobId: string;
  status: EndedStatus;
  /** How its last attempt ended, where that is something else. */
  outcome?: AttemptOutcome;
  errorMessage: string | null;
  progress?: JobProgress;
  attempt: number;
  fence: bigint;
  message: string;
}>;

/** Moves a running job of this fence to its end state; a job that was ended meanwhile stays as it is. */
export async function endJob(
  tx: Tx,
  { jobId, status, outcome = status, errorMessage, progress, attempt, fence, message }: EndInput,
): Promise<void> {
  const ended = await tx
    .update(pricingSyncJobs)
    .set({ status, errorMessage, completedAt: sql`clock_timestamp()`, ...(progress === undefined ? {} : { progress }) })
    .where(
      and(eq(pricingSyncJobs.jobId, jobId), eq(pricingSyncJobs.status, "running"), eq(pricingSyncJobs.fence, fence)),
    )
    .returning({ jobId: pricingSyncJobs.jobId });
  if (ended.length === 0) return;
  await endAttempt(tx, { jobId, attempt, outcome, message });
  const data = { message, status, attempt, ...(progress === undefined ? {} : { progress }) };
  await appendEvent(tx, { jobId, kind: "ended", fence, data });
}

/** What a sync says that was stopped on somebody's wish. */
export function describeCancel(by: string | null | undefined): string {
  return `Cancelled by ${by ?? "somebody"}; sources that were applied before stay applied`;
}
