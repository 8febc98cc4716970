import { and, eq, sql } from "drizzle-orm";
import type { Logger } from "pino";
import type { Db, Tx } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { countAttempts } from "#/sync/jobs/attempts.ts";
import { moveJob } from "#/sync/jobs/move-job.ts";
import { requeueJob } from "#/sync/jobs/requeue-job.ts";
import { MOST_ATTEMPTS } from "#/sync/jobs/retry-policy.ts";
import { LOCK_KEY } from "#/sync/lease/lease.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send" | "remove">; log: Logger }>;

const isOrphaned = sql`${pricingSyncJobs.status} = 'running' and not exists (
  select 1 from pricing_sync_lock lock
  where lock.lock_key = ${LOCK_KEY} and lock.fence = ${pricingSyncJobs.fence}
    and lock.locked_by is not null and lock.expires_at > clock_timestamp())`;

/**
 * Puts running jobs whose lease has gone back into the queue, ahead of the others, or fails them after too many
 * attempts. Liveness is the lease, never a job's age. Safe to call from many processes at once; a job that can't be rescued
 * does not keep the others from it. Answers how many.
 */
export async function rescueJobs({ db, queue, log }: Deps): Promise<number> {
  const suspects = await db.select({ jobId: pricingSyncJobs.jobId }).from(pricingSyncJobs).where(isOrphaned);
  let rescued = 0;
  for (const { jobId } of suspects) {
    const done = await db
      .transaction((tx) => rescue(tx, { queue, log }, jobId))
      .catch((error: unknown) => {
        log.error({ err: error, jobId }, "rescue: a job could not be rescued, tried again later");
        return false;
      });
    rescued += done ? 1 : 0;
  }
  return rescued;
}

async function rescue(tx: Tx, { queue, log }: Omit<Deps, "db">, jobId: string): Promise<boolean> {
  const [job] = await tx
    .select({
      attempt: pricingSyncJobs.attempt,
      worker: pricingSyncJobs.worker,
      queueEntryId: pricingSyncJobs.queueEntryId,
    })
    .from(pricingSyncJobs)
    .where(and(eq(pricingSyncJobs.jobId, jobId), isOrphaned))
    .for("update", { skipLocked: true });
  if (job === undefined) return false;
  const { attempt, worker, queueEntryId } = job;
  const died = `Worker ${worker ?? "unknown"} died, or lost its lock, in attempt ${attempt}`;
  log.warn({ jobId, worker, attempt }, "rescue: a worker died");
  if ((await countAttempts(tx, jobId)) < MOST_ATTEMPTS) {
    const message = `${died}; trying again`;
    return requeueJob(tx, queue, { jobId, attempt, outcome: "died", message, waitMs: 0 });
  }
  if (queueEntryId !== null) await queue.remove(tx, queueEntryId);
  const message = `${died}; that is enough, it was not tried again`;
  const end = { from: ["running"], to: "failed", outcome: "died", errorMessage: message, message } as const;
  return (await moveJob(tx, jobId, end)) !== undefined;
}
