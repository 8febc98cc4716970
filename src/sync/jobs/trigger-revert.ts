import { eq } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { listChangedSources } from "#/book/revert-run.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { enqueueJob, lockTriggers } from "#/sync/jobs/enqueue-job.ts";
import { findByRequest, keyRequest } from "#/sync/jobs/keyed-request.ts";
import { isEnded } from "#/terms/job-status.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send"> }>;

export type TriggerRevertInput = Readonly<{
  jobId: string;
  reason: string;
  dryRun?: boolean | undefined;
  requestId?: string | undefined;
}>;

/**
 * Queues taking back what one run changed; what later runs changed stays. Throws `NOT_FOUND`, `CONFLICT` while the run is
 * under way, `INVALID` when it changed nothing.
 */
export async function triggerRevert(
  { db, queue }: Deps,
  actor: Principal,
  { jobId: revertedJobId, reason, dryRun, requestId }: TriggerRevertInput,
) {
  return db.transaction(async (tx) => {
    await lockTriggers(tx);
    const request = keyRequest(requestId, { kind: "revert", revertedJobId, reason, dryRun });
    const earlier = await findByRequest(tx, actor, request);
    if (earlier !== undefined) return { jobId: earlier.jobId };
    const [job] = await tx
      .select({ status: pricingSyncJobs.status })
      .from(pricingSyncJobs)
      .where(eq(pricingSyncJobs.jobId, revertedJobId));
    if (job === undefined) throw new AppError("NOT_FOUND", `There is no sync ${revertedJobId}`);
    if (!isEnded(job.status))
      throw new AppError("CONFLICT", "This run is still under way. Cancel it, or wait for its end");
    const sources = await listChangedSources(tx, revertedJobId);
    if (sources.length === 0) throw new AppError("INVALID", "This run changed no price; there is nothing to take back");
    const input = { revertedJobId, reason, ...(dryRun === true ? { dryRun: true } : {}) };
    const audit = (jobId: string) => ({ action: "syncs.revert", target: revertedJobId, reason, after: { jobId } });
    const { jobId } = await enqueueJob(tx, queue, actor, {
      kind: "revert",
      sources,
      input,
      request,
      audit: dryRun === true ? undefined : audit,
    });
    return { jobId };
  });
}
