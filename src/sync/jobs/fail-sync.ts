import { eq, sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { moveJob } from "#/sync/jobs/move-job.ts";
import { LOCK_KEY } from "#/sync/lease/lease.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { isEnded } from "#/terms/job-status.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "remove"> }>;

/**
 * Ends a stuck job as failed, with a reason. Its worker loses the lock in the same transaction: it writes nothing from then
 * on, not even late. Throws `NOT_FOUND`; a job that has ended stays as it is.
 */
export async function failSync(
  { db, queue }: Deps,
  actor: Principal,
  { jobId, reason }: { jobId: string; reason: string },
): Promise<{ outcome: "failed" | "already_ended"; jobId: string }> {
  return db.transaction(async (tx) => {
    // The lock first, as a worker's own writes take it; changing the fence waits for one that is under way.
    await tx.execute(sql`
      update pricing_sync_lock set fence = nextval('pricing_sync_fence'), locked_by = null, worker = null, job_id = null,
        expires_at = clock_timestamp()
      where lock_key = ${LOCK_KEY} and job_id = ${jobId}::uuid`);
    const message = `Marked as failed by ${actor.label}: ${reason}`;
    const [job] = await tx
      .select({ status: pricingSyncJobs.status, queueEntryId: pricingSyncJobs.queueEntryId })
      .from(pricingSyncJobs)
      .where(eq(pricingSyncJobs.jobId, jobId))
      .for("update");
    if (job === undefined) throw new AppError("NOT_FOUND", `There is no sync ${jobId}`);
    if (isEnded(job.status)) return { outcome: "already_ended", jobId };
    if (job.queueEntryId !== null) await queue.remove(tx, job.queueEntryId);
    await recordAudit(tx, actor, { action: "syncs.fail", target: jobId, reason, after: { status: "failed" } });
    await moveJob(tx, jobId, { from: ["queued", "running"], to: "failed", errorMessage: message, message });
    return { outcome: "failed", jobId };
  });
}
