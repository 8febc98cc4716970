import { eq, sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { continueTrace } from "#/platform/span.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

/**
 * Gives every job that waits an entry in a queue that has none, as after a restore: the queue itself is in no backup. Jobs that
 * were running are rescued as those of any worker that died. Answers how many.
 */
export async function sendQueuedJobs({ db, queue }: { db: Db; queue: Pick<Queue, "send"> }): Promise<number> {
  return db.transaction(async (tx) => {
    const { jobId, status, triggeredAt, retryAt, input } = pricingSyncJobs;
    const waitMs = sql<number>`greatest(0, coalesce(extract(epoch from ${retryAt} - clock_timestamp()) * 1000, 0))::float8`;
    const queued = await tx
      .select({ jobId, waitMs, input })
      .from(pricingSyncJobs)
      .where(eq(status, "queued"))
      .orderBy(triggeredAt)
      .for("update");
    for (const job of queued) {
      const options = job.waitMs > 0 ? { startAfterMs: job.waitMs } : {};
      const send = () => queue.send(tx, { jobId: job.jobId }, options);
      const queueEntryId = await continueTrace(job.input.trace, send);
      await tx.update(pricingSyncJobs).set({ queueEntryId }).where(eq(jobId, job.jobId));
    }
    return queued.length;
  });
}
