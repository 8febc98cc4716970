import { randomUUID } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import type { Logger } from "pino";
import { z } from "zod";
import { AppError } from "#/platform/errors.ts";
import { refuseNewerSchema } from "#/platform/migrate.ts";
import type { Queue } from "#/platform/queue.ts";
import { appendEvent } from "#/sync/events/append-event.ts";
import { announceWorker } from "#/sync/run/announce-worker.ts";
import { endAttempt, startAttempt } from "#/sync/jobs/attempts.ts";
import { startCaretaker } from "#/sync/jobs/caretaker.ts";
import { describeCancel, endJob } from "#/sync/jobs/end-job.ts";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import { isEnded } from "#/terms/job-status.ts";
import { acquireLease, releaseLease, renewLease, type Lease } from "#/sync/lease/lease.ts";
import type { LeaseConnection } from "#/sync/lease/lease-connection.ts";
import { renewalIntervalMs, withLease } from "#/sync/lease/lease-keeper.ts";
import { requeueJob } from "#/sync/jobs/requeue-job.ts";
import { waitAfterFault } from "#/sync/jobs/retry-policy.ts";
import { runJob, type ClaimedJob, type RunDeps } from "#/sync/run/run-job.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

export type WorkerDeps = Omit<RunDeps, "queue"> &
  Readonly<{
    queue: Omit<Queue, "close">;
    leaseConnection: LeaseConnection;
    /** Host and process id, for people. */
    name: string;
    log: Logger;
  }>;

export type Worker = Readonly<{
  /** Takes no more jobs, gives the one in hand `drainMs` to end, then puts it back into the queue. */
  stop: (drainMs: number) => Promise<void>;
}>;

const WATCH_INTERVAL_MS = 500;
const LEASE_POLL_MS = 250;
const RETRY_AFTER_FAULT_MS = 1_000;

/** Why a run was stopped from outside. */
type StopReason = "cancelled" | "ended" | "draining";

const entryData = z.object({ jobId: z.uuid() });

/** Works the queue off, one job at a time across all processes, each under a lease of its own. */
export async function startWorker(deps: WorkerDeps): Promise<Worker> {
  const { db, clock, log, queue, leaseConnection, leaseMs } = deps;
  const draining = new AbortController();

  await refuseNewerSchema(db);
  // Said before anything is looked for, so that nobody takes the jobs for abandoned.
  const presence = await announceWorker(deps);
  const caretaker = await startCaretaker(deps);
  await queue.work((data) => handleEntry(entryData.parse(data).jobId));

  return {
    async stop(drainMs) {
      const idle = queue.stopWorking();
      await Promise.race([idle, clock.sleep(drainMs, new AbortController().signal)]);
      draining.abort("draining" satisfies StopReason);
      await Promise.all([idle, caretaker.stop()]);
      await presence.leave();
    },
  };

  async function handleEntry(jobId: string): Promise<void> {
    try {
      await refuseNewerSchema(db);
    } catch (error) {
      // A newer deployment has migrated under us; its own workers do the work.
      log.error({ err: error, jobId }, "worker: refuses to work");
      await clock.sleep(RETRY_AFTER_FAULT_MS, draining.signal);
      throw error;
    }
    const granted = await waitForLease(jobId);
    if (granted === undefined) return;
    const { lease, grantedAtMs } = granted;
    const renewTimeoutMs = renewalIntervalMs(leaseMs);
    const renew = () => leaseConnection.run((connection) => renewLease(connection, lease, leaseMs), renewTimeoutMs);
    try {
      await withLease({ clock, leaseMs, grantedAtMs, renew }, (lost) => runUnderLease(jobId, lease, lost));
    } catch (error) {
      // The queue hands the entry out again at once; a fault that stays must not make that a storm.
      await clock.sleep(RETRY_AFTER_FAULT_MS, draining.signal);
      throw error;
    } finally {
      await leaseConnection
        .run((connection) => releaseLease(connection, lease), renewTimeoutMs)
        .catch((error: unknown) => log.warn({ err: error, jobId }, "lease: could not be released; it will expire"));
    }
  }

  /** The queue lets one entry through at a time, so waiting is rare: the holder is a run that is being stopped, or dead. */
  async function waitForLease(jobId: string): Promise<{ lease: Lease; grantedAtMs: number } | undefined> {
    for (;;) {
      if (draining.signal.aborted) throw new Error("this worker is stopping; the queue hands the entry to another");
      const job = await findJob(jobId);
      if (job === undefined || isEnded(job.status)) return undefined;
      const grantedAtMs = clock.monotonicMs();
      const owner = randomUUID();
      // A lock that can't be asked for is not free: nothing runs until it answers.
      const lease = await leaseConnection
        .run(
          (connection) => acquireLease(connection, { owner, worker: deps.name, jobId, leaseMs }),
          renewalIntervalMs(leaseMs),
        )
        .catch((error: unknown) => {
          log.warn({ err: error, jobId }, "lease: the lock can't be asked for, waiting");
          return undefined;
        });
      if (lease !== undefined) return { lease, grantedAtMs };
      await clock.sleep(LEASE_POLL_MS, draining.signal);
    }
  }

  async function findJob(jobId: string) {
    const [job] = await db.select().from(pricingSyncJobs).where(eq(pricingSyncJobs.jobId, jobId));
    return job;
  }

  async function runUnderLease(jobId: string, lease: Lease, lost: AbortSignal): Promise<void> {
    const job = await claimJob(jobId, lease);
    if (job === undefined) return;
    const finished = new AbortController();
    const halt = new AbortController();
    const signal = AbortSignal.any([lost, halt.signal, draining.signal]);
    const watching = watchJob(jobId, lease, halt, AbortSignal.any([finished.signal, signal]));
    log.info({ jobId, attempt: job.attempt, fence: String(lease.fence) }, "sync: started");
    try {
      await runJob(deps, lease, job, signal);
      log.info({ jobId }, "sync: ended");
    } catch (error) {
      await settle(job, lease, error, signal);
    } finally {
      finished.abort();
      await watching;
    }
  }

  async function claimJob(jobId: string, lease: Lease): Promise<ClaimedJob | undefined> {
    return fencedTransaction(deps, lease, async (tx) => {
      const [job] = await tx
        .update(pricingSyncJobs)
        .set({
          status: "running",
          attempt: sql`${pricingSyncJobs.attempt} + 1`,
          startedAt: sql`coalesce(${pricingSyncJobs.startedAt}, clock_timestamp())`,
          worker: deps.name,
          fence: lease.fence,
          retryAt: null,
        })
        .where(and(eq(pricingSyncJobs.jobId, jobId), eq(pricingSyncJobs.status, "queued")))
        .returning();
      if (job !== undefined)
        await startAttempt(tx, { jobId, attempt: job.attempt, worker: deps.name, fence: lease.fence });
      return job;
    });
  }

  /** Notices a cancel, and a job that somebody ended by hand. */
  async function watchJob(jobId: string, lease: Lease, halt: AbortController, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await clock.sleep(WATCH_INTERVAL_MS, until);
      if (until.aborted) return;
      const job = await findJob(jobId).catch(() => undefined);
      if (job === undefined) continue;
      if (isEnded(job.status)) halt.abort("ended" satisfies StopReason);
      else if (job.fence !== lease.fence) halt.abort(new AppError("LEASE_LOST", "the job belongs to another attempt"));
      else if (job.cancelRequestedAt !== null) halt.abort("cancelled" satisfies StopReason);
    }
  }

  /** What becomes of a job whose run did not end by itself. */
  async function settle(job: ClaimedJob, lease: Lease, error: unknown, signal: AbortSignal): Promise<void> {
    const { jobId, attempt } = job;
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (reason instanceof AppError && reason.code === "LEASE_LOST") {
      log.warn({ jobId, reason: reason.message }, "sync: superseded, stopped writing");
      return;
    }
    if (reason === "draining") {
      log.info({ jobId }, "sync: stopped for a shutdown, put back into the queue");
      const message = "The worker is shutting down; the sync goes on elsewhere or after the restart";
      await putBack(job, lease, { outcome: "drained", message, waitMs: 0 });
      return;
    }
    if (reason === "ended") {
      const row = await findJob(jobId);
      const status = row !== undefined && isEnded(row.status) ? row.status : "failed";
      await fencedTransaction(deps, lease, async (tx) => {
        const message = `Ended from outside as ${status}`;
        await endAttempt(tx, { jobId, attempt, outcome: status, message });
        await appendEvent(tx, { jobId, kind: "ended", fence: lease.fence, data: { message, status, attempt } });
      });
      return;
    }
    if (reason === "cancelled") {
      const row = await findJob(jobId);
      const message = describeCancel(row?.cancelledBy);
      await fencedTransaction(deps, lease, (tx) =>
        endJob(tx, { jobId, status: "cancelled", errorMessage: message, attempt, fence: lease.fence, message }),
      );
      return;
    }
    const wait = reason instanceof AppError ? undefined : waitAfterFault({ attempt, random: Math.random() });
    log.error({ err: reason, jobId, attempt, waitMs: wait }, "sync: broke off unexpectedly");
    if (wait !== undefined) {
      const waitMs = Math.max(1, Math.round(wait * deps.retryPace));
      const message = `Attempt ${attempt} broke off for a reason that is in the server's log; the next one starts in ${Math.ceil(waitMs / 1_000)} s`;
      await putBack(job, lease, { outcome: "faulted", message, waitMs });
      return;
    }
    const message =
      reason instanceof AppError ? reason.message : "The sync failed for a reason that is in the server's log";
    await fencedTransaction(deps, lease, (tx) =>
      endJob(tx, { jobId, status: "failed", errorMessage: message, attempt, fence: lease.fence, message }),
    );
  }

  async function putBack(
    { jobId, attempt }: ClaimedJob,
    lease: Lease,
    how: { outcome: "drained" | "faulted"; message: string; waitMs: number },
  ): Promise<void> {
    await fencedTransaction(deps, lease, (tx) => requeueJob(tx, queue, { jobId, attempt, ...how }));
  }
}
