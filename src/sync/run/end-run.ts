import { moveJob } from "#/sync/jobs/move-job.ts";
import { requeueJob } from "#/sync/jobs/requeue-job.ts";
import { waitBeforeAsking } from "#/sync/jobs/retry-policy.ts";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import type { Run, RunDeps } from "#/sync/run/run.ts";
import { endStatus, type JobStatus } from "#/terms/job-status.ts";
import type { SourceProgress } from "#/terms/progress.ts";

type Failure = readonly [source: string, progress: SourceProgress];

/** All sources are done: the job ends, or waits to ask those again that failed in a way that can pass. */
export async function endRun(deps: RunDeps, run: Run): Promise<void> {
  const progress = run.progress.snapshot();
  const results = Object.entries(progress.sources);
  const failures = results.filter(([, source]) => source.outcome === "failed");
  if (await isAskedAgain(deps, run, results.length, failures)) return;
  const counts = { succeeded: results.length - failures.length, failed: failures.length };
  const to = results.length === 0 ? "failed" : endStatus(counts);
  const errorMessage =
    results.length === 0
      ? "No source is enabled: enable one and sync again"
      : failures.map(([name, { error }]) => `${name}: ${error ?? "failed"}`).join("\n") || null;
  const { jobId, lease } = run;
  await fencedTransaction(deps, lease, (tx) =>
    moveJob(tx, jobId, {
      from: ["running"],
      to,
      fence: lease.fence,
      errorMessage,
      progress,
      message: describeEnd(to, results.length, failures.length),
    }),
  );
}

/** Sources that failed in a way that can pass are asked again in this job, a few times, after a wait. */
async function isAskedAgain(deps: RunDeps, run: Run, total: number, failures: readonly Failure[]): Promise<boolean> {
  if (run.kind !== "sync" || run.input.dryRun === true) return false;
  const wait = waitBeforeAsking(
    failures.map(([, { retryable = false, waitSeconds }]) => ({ retryable, waitSeconds })),
    { attempt: run.attemptsCounted, random: Math.random() },
  );
  if (wait === undefined) return false;
  const waitMs = Math.max(1, Math.round(wait * deps.retryPace));
  const names = failures.filter(([, { retryable }]) => retryable === true).map(([name]) => name);
  const message = `${failures.length} of ${total} sources failed; ${names.join(", ")} asked again in ${Math.ceil(waitMs / 1_000)} s`;
  const { jobId, attempt } = run;
  return fencedTransaction(deps, run.lease, (tx) =>
    requeueJob(tx, deps.queue, { jobId, attempt, outcome: "retrying", message, waitMs }),
  );
}

function describeEnd(status: JobStatus, total: number, failed: number): string {
  if (status === "success") return `Success: ${total} of ${total} sources`;
  if (total === 0) return "Failed: no source is enabled";
  return `${status === "partial" ? "Partial" : "Failed"}: ${failed} of ${total} sources failed`;
}
