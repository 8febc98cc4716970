import { eq } from "drizzle-orm";
import type { Clock } from "#/platform/clock.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Run } from "#/sync/run/run.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { isEnded } from "#/terms/job-status.ts";

/** Why a run was stopped from outside. */
export type StopReason = "cancelled" | "ended" | "draining";

const WATCH_INTERVAL_MS = 500;

/** Notices a cancel, and a job that somebody ended by hand, until the signal aborts; then aborts `halt` with the reason. */
export async function watchJob(
  { db, clock }: { db: Db; clock: Clock },
  { jobId, lease }: Run,
  halt: AbortController,
  until: AbortSignal,
): Promise<void> {
  while (!until.aborted) {
    await clock.sleep(WATCH_INTERVAL_MS, until);
    if (until.aborted) return;
    const [job] = await db
      .select({
        status: pricingSyncJobs.status,
        fence: pricingSyncJobs.fence,
        cancelRequestedAt: pricingSyncJobs.cancelRequestedAt,
      })
      .from(pricingSyncJobs)
      .where(eq(pricingSyncJobs.jobId, jobId))
      // A database that does not answer has told us nothing; the lease says how long that may last.
      .catch(() => []);
    if (job === undefined) continue;
    if (isEnded(job.status)) halt.abort("ended" satisfies StopReason);
    else if (job.fence !== lease.fence) halt.abort(new AppError("LEASE_LOST", "the job belongs to another attempt"));
    else if (job.cancelRequestedAt !== null) halt.abort("cancelled" satisfies StopReason);
  }
}
