import { eq } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { refuseNewerSchema } from "#/platform/migrate.ts";
import type { Queue } from "#/platform/queue.ts";
import { failSpan, inSpan, type Span } from "#/platform/span.ts";
import { queueEntryData } from "#/sync/jobs/rescue-entries.ts";
import { rescueJobs } from "#/sync/jobs/rescue-jobs.ts";
import { holdLease, type HoldDeps } from "#/sync/lease/hold-lease.ts";
import type { Lease } from "#/sync/lease/lease.ts";
import { announceWorker } from "#/sync/run/announce-worker.ts";
import { claimJob } from "#/sync/run/claim-job.ts";
import { logRun, type EndOfRun } from "#/sync/run/log-run.ts";
import { runJob } from "#/sync/run/run-job.ts";
import type { Run, RunDeps } from "#/sync/run/run.ts";
import { settleRun } from "#/sync/run/settle-run.ts";
import { watchJob, type StopReason } from "#/sync/run/watch-job.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { isEnded } from "#/terms/job-status.ts";

export type WorkerDeps = Omit<RunDeps, "queue"> & HoldDeps & Readonly<{ queue: Omit<Queue, "close"> }>;

export type Worker = Readonly<{
  /** Takes no more jobs, gives the one in hand `drainMs` to end, then puts it back into the queue. */
  stop: (drainMs: number) => Promise<void>;
}>;

const RETRY_AFTER_FAULT_MS = 1_000;

/** Outcomes of attempts in which nothing has failed. */
const UNHARMED: readonly EndOfRun["outcome"][] = ["success", "cancelled", "drained"];

/** Works the queue off, one job at a time across all processes, each under a lease of its own. */
export async function startWorker(deps: WorkerDeps): Promise<Worker> {
  const { db, clock, queue } = deps;
  const draining = new AbortController();

  await refuseNewerSchema(db);
  // Said before anything is looked for, so that nobody takes the jobs for abandoned.
  const presence = await announceWorker(deps);
  await rescueJobs(deps);
  await queue.work((data) => handleEntry(deps, data, draining.signal));

  return {
    async stop(drainMs) {
      const idle = queue.stopWorking();
      await Promise.race([idle, clock.sleep(drainMs, new AbortController().signal)]);
      draining.abort("draining" satisfies StopReason);
      await idle;
      await presence.leave();
    },
  };
}

async function handleEntry(deps: WorkerDeps, data: unknown, draining: AbortSignal): Promise<void> {
  const { db, clock, log } = deps;
  const entry = queueEntryData.safeParse(data);
  if (!entry.success) {
    log.error({ data }, "worker: an entry of the queue names no job; it is dropped");
    return;
  }
  const { jobId } = entry.data;
  try {
    const wish = { jobId, isWanted: () => isWanted(db, jobId), signal: draining };
    await holdLease(deps, wish, (lease, lost) => runUnderLease(deps, jobId, lease, AbortSignal.any([lost, draining])));
  } catch (error) {
    if (!draining.aborted)
      log.warn({ err: error, jobId }, "worker: an entry of the queue failed, and is handed out again");
    // At once; a fault that stays must not make that a storm.
    await clock.sleep(RETRY_AFTER_FAULT_MS, draining);
    throw error;
  }
}

async function isWanted(db: Db, jobId: string): Promise<boolean> {
  const asked = db
    .select({ status: pricingSyncJobs.status })
    .from(pricingSyncJobs)
    .where(eq(pricingSyncJobs.jobId, jobId));
  // A newer deployment may have migrated under us; its own workers do the work.
  const [[job]] = await Promise.all([asked, refuseNewerSchema(db)]);
  return job !== undefined && !isEnded(job.status);
}

async function runUnderLease(deps: WorkerDeps, jobId: string, lease: Lease, stopped: AbortSignal): Promise<void> {
  const run = await claimJob(deps, lease, jobId);
  if (run === undefined) return;
  const { kind, attempt } = run;
  const attributes = { "ratebook.job.id": jobId, "ratebook.job.kind": kind, "ratebook.job.attempt": attempt };
  await inSpan("sync attempt", attributes, (span) => runAttempt(deps, run, span, stopped));
}

async function runAttempt(deps: WorkerDeps, run: Run, span: Span, stopped: AbortSignal): Promise<void> {
  const { log } = deps;
  const { jobId, attempt, lease } = run;
  const finished = new AbortController();
  const halt = new AbortController();
  const signal = AbortSignal.any([stopped, halt.signal]);
  const watching = watchJob(deps, run, halt, AbortSignal.any([finished.signal, signal]));
  log.debug({ jobId, attempt, fence: String(lease.fence) }, "sync: started");
  try {
    await runJob(deps, run, signal);
  } catch (error) {
    await settleRun(deps, run, signal.aborted ? signal.reason : error);
  } finally {
    finished.abort();
    await watching;
    const { outcome, trigger, message } = await logRun(deps, run);
    span.setAttributes({ "ratebook.job.outcome": outcome, "ratebook.job.trigger": trigger });
    if (!UNHARMED.includes(outcome)) failSpan(span, message);
  }
}
