import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { enqueueJob, lockTriggers } from "#/sync/jobs/enqueue-job.ts";
import { findByRequest, keyRequest } from "#/sync/jobs/keyed-request.ts";
import { isEnded } from "#/terms/job-status.ts";
import { pricingSyncJobs, pricingSyncLog } from "#/sync/schema.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send"> }>;

export const retryInput = z.object({
  jobId: z.uuid(),
  /** `failed`: only the sources that failed or were never reached; `all`: everything that the job was to do. */
  which: z.enum(["failed", "all"]).default("failed"),
  reason: z.string().trim().min(3).max(500).optional(),
  requestId: z.string().min(1).max(200).optional(),
});
export type RetryInput = z.infer<typeof retryInput>;

export type RetryResult = Readonly<{ outcome: "queued" | "already_queued"; jobId: string }>;

/**
 * Queues what an ended job was to do as a new job; the ended one stays as it is. While that one waits or runs, another
 * retry is that one again, so a double click is one. Throws `NOT_FOUND`, `CONFLICT` while the job is under way, `INVALID`
 * when nothing of it failed. `action` is what the audit log calls it.
 */
export async function retrySync(
  { db, queue }: Deps,
  actor: Principal,
  input: RetryInput,
  action: "syncs.retry" | "syncs.retryMany" = "syncs.retry",
): Promise<RetryResult> {
  return db.transaction(async (tx) => {
    await lockTriggers(tx);
    return retry(tx, queue, actor, action, input);
  });
}

/** Retries many at once, all or none. */
export async function redriveSyncs(
  { db, queue }: Deps,
  actor: Principal,
  { jobIds, reason }: { jobIds: readonly string[]; reason: string },
): Promise<{ retries: RetryResult[] }> {
  return db.transaction(async (tx) => {
    await lockTriggers(tx);
    const retries: RetryResult[] = [];
    for (const jobId of jobIds)
      retries.push(await retry(tx, queue, actor, "syncs.redrive", { jobId, which: "all", reason }));
    return { retries };
  });
}

async function retry(
  tx: Tx,
  queue: Pick<Queue, "send">,
  actor: Principal,
  action: string,
  { jobId, which, reason, requestId }: RetryInput,
): Promise<RetryResult> {
  const request = keyRequest(requestId, { kind: "retry", jobId, which, reason });
  const earlier = await findByRequest(tx, actor, request);
  if (earlier !== undefined) return { outcome: "already_queued", jobId: earlier.jobId };
  const [job] = await tx.select().from(pricingSyncJobs).where(eq(pricingSyncJobs.jobId, jobId));
  if (job === undefined) throw new AppError("NOT_FOUND", `There is no sync ${jobId}`);
  if (!isEnded(job.status))
    throw new AppError("CONFLICT", "This sync is still under way. Cancel it, or wait for its end");
  const [active] = await tx
    .select({ jobId: pricingSyncJobs.jobId })
    .from(pricingSyncJobs)
    .where(and(eq(pricingSyncJobs.retryOf, jobId), inArray(pricingSyncJobs.status, ["queued", "running"])));
  if (active !== undefined) return { outcome: "already_queued", jobId: active.jobId };

  const sources = which === "all" ? (job.sources ?? undefined) : await findFailed(tx, job);
  const retried = await enqueueJob(tx, queue, actor, {
    kind: job.kind,
    input: job.input,
    sources,
    request,
    retryOf: jobId,
    audit: (id) => ({
      action,
      target: jobId,
      ...(reason === undefined ? {} : { reason }),
      after: { jobId: id, which, sources: sources ?? null },
    }),
  });
  return { outcome: "queued", jobId: retried.jobId };
}

async function findFailed(tx: Tx, job: typeof pricingSyncJobs.$inferSelect): Promise<readonly string[] | undefined> {
  const rows = await tx
    .select({ source: pricingSyncLog.source, outcome: pricingSyncLog.outcome })
    .from(pricingSyncLog)
    .where(eq(pricingSyncLog.jobId, job.jobId));
  const outcomes = new Map(rows.map(({ source, outcome }) => [source, outcome]));
  const planned = Object.keys(job.progress?.sources ?? {});
  const wanted = planned.length > 0 ? planned : job.sources;
  // It ended before it knew its sources: all of them are left.
  if (wanted === null) return undefined;
  const failed = wanted.filter((source) => !["applied", "unchanged"].includes(outcomes.get(source) ?? "failed"));
  if (failed.length === 0)
    throw new AppError("INVALID", "No source of this sync failed; there is nothing to try again");
  return failed;
}
