import { and, eq, sql } from "drizzle-orm";
import type { Logger } from "pino";
import type { Db } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { appendEvent } from "#/sync/events/append-event.ts";
import { endAttempt } from "#/sync/jobs/attempts.ts";
import { LOCK_KEY } from "#/sync/lease/lease.ts";
import { requeueJob } from "#/sync/jobs/requeue-job.ts";
import { MOST_ATTEMPTS } from "#/sync/jobs/retry-policy.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send" | "remove">; log: Logger }>;

/**
 * Puts running jobs whose lease has gone back into the queue, ahead of the others, or fails them after too many
 * attempts. Liveness is the lease, never a job's age. Safe to call from many processes at once. Answers how many.
 */
export async function rescueJobs({ db, queue, log }: Deps): Promise<number> {
  const orphaned = sql`${pricingSyncJobs.status} = 'running' and not exists (
    select 1 from pricing_sync_lock lock
    where lock.lock_key = ${LOCK_KEY} and lock.fence = ${pricingSyncJobs.fence}
      and lock.locked_by is not null and lock.expires_at > clock_timestamp())`;
  const suspects = await db.select({ jobId: pricingSyncJobs.jobId }).from(pricingSyncJobs).where(orphaned);
  let rescued = 0;
  for (const { jobId } of suspects) rescued += (await rescue(jobId)) ? 1 : 0;
  return rescued;

  async function rescue(jobId: string): Promise<boolean> {
    return db.transaction(async (tx) => {
      const [job] = await tx
        .select()
        .from(pricingSyncJobs)
        .where(and(eq(pricingSyncJobs.jobId, jobId), orphaned))
        .for("update", { skipLocked: true });
      if (job === undefined) return false;
      if (job.queueEntryId !== null) await queue.remove(tx, job.queueEntryId);
      const died = `Worker ${job.worker ?? "unknown"} died, or lost its lock, in attempt ${job.attempt}`;
      log.warn({ jobId, worker: job.worker, attempt: job.attempt }, "rescue: a worker died");
      if (job.attempt >= MOST_ATTEMPTS) {
        const errorMessage = `${died}; that is enough, it was not tried again`;
        await tx
          .update(pricingSyncJobs)
          .set({ status: "failed", completedAt: sql`clock_timestamp()`, errorMessage })
          .where(eq(pricingSyncJobs.jobId, jobId));
        await endAttempt(tx, { jobId, attempt: job.attempt, outcome: "died", message: errorMessage });
        await appendEvent(tx, {
          jobId,
          kind: "ended",
          data: { message: errorMessage, status: "failed", attempt: job.attempt },
        });
        return true;
      }
      const message = `${died}; trying again`;
      await requeueJob(tx, queue, { jobId, attempt: job.attempt, outcome: "died", message, waitMs: 0 });
      return true;
    });
  }
}
