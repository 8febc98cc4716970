import { eq } from "drizzle-orm";
import type { Logger } from "pino";
import { AppError } from "#/platform/errors.ts";
import { completeEndByHand, moveJob } from "#/sync/jobs/move-job.ts";
import { describeCancel, requeueJob } from "#/sync/jobs/requeue-job.ts";
import { waitAfterFault } from "#/sync/jobs/retry-policy.ts";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import type { Run, RunDeps } from "#/sync/run/run.ts";
import type { StopReason } from "#/sync/run/watch-job.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { isEnded, type EndedStatus } from "#/terms/job-status.ts";

type Deps = RunDeps & Readonly<{ log: Logger }>;

/** What becomes of a job whose run did not end by itself. `reason`: what stopped it, or the error that it broke off with. */
export async function settleRun(deps: Deps, run: Run, reason: unknown): Promise<void> {
  // It writes nothing more; the line of the run says what its attempt was ended as by whoever took it over.
  if (reason instanceof AppError && reason.code === "LEASE_LOST") return;
  if (reason === ("draining" satisfies StopReason)) {
    const message = "The worker is shutting down; the sync goes on elsewhere or after the restart";
    return putBack(deps, run, { outcome: "drained", message, waitMs: 0 });
  }
  if (reason === ("ended" satisfies StopReason)) return completeEnd(deps, run);
  if (reason === ("cancelled" satisfies StopReason)) {
    const message = describeCancel((await readJob(deps, run)).cancelledBy);
    return end(deps, run, "cancelled", message);
  }
  return settleFault(deps, run, reason);
}

async function settleFault(deps: Deps, run: Run, error: unknown): Promise<void> {
  const { jobId, attempt, attemptsCounted } = run;
  const wait =
    error instanceof AppError ? undefined : waitAfterFault({ attempt: attemptsCounted, random: Math.random() });
  deps.log.error({ err: error, jobId, attempt, waitMs: wait }, "sync: broke off unexpectedly");
  if (wait === undefined)
    return end(
      deps,
      run,
      "failed",
      error instanceof AppError ? error.message : "The sync failed for a reason that is in the server's log",
    );
  const waitMs = Math.max(1, Math.round(wait * deps.retryPace));
  const message = `Attempt ${attempt} broke off for a reason that is in the server's log; the next one starts in ${Math.ceil(waitMs / 1_000)} s`;
  return putBack(deps, run, { outcome: "faulted", message, waitMs });
}

async function putBack(
  deps: Deps,
  { jobId, attempt, lease }: Run,
  how: { outcome: "drained" | "faulted"; message: string; waitMs: number },
): Promise<void> {
  await fencedTransaction(deps, lease, (tx) => requeueJob(tx, deps.queue, { jobId, attempt, ...how }));
}

async function end(deps: Deps, { jobId, lease }: Run, to: EndedStatus, message: string): Promise<void> {
  await fencedTransaction(deps, lease, (tx) =>
    moveJob(tx, jobId, { from: ["running"], to, fence: lease.fence, errorMessage: message, message }),
  );
}

async function completeEnd(deps: Deps, run: Run): Promise<void> {
  const { status } = await readJob(deps, run);
  if (!isEnded(status)) throw new Error(`job ${run.jobId} was ended by hand and is ${status} now`);
  const { jobId, attempt, lease } = run;
  await fencedTransaction(deps, lease, (tx) => completeEndByHand(tx, { jobId, attempt, status, fence: lease.fence }));
}

async function readJob({ db }: Deps, { jobId }: Run) {
  const [job] = await db
    .select({ status: pricingSyncJobs.status, cancelledBy: pricingSyncJobs.cancelledBy })
    .from(pricingSyncJobs)
    .where(eq(pricingSyncJobs.jobId, jobId));
  if (job === undefined) throw new Error(`job ${jobId} is not there any more`);
  return job;
}
