import { eq } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { listEnabled } from "#/sync/jobs/enabled-sources.ts";
import { enqueueJob, lockTriggers } from "#/sync/jobs/enqueue-job.ts";
import { lockSchedule } from "#/schedules/lock-schedule.ts";
import { findByRequest, keyRequest } from "#/sync/jobs/keyed-request.ts";
import type { TriggerSyncResult } from "#/sync/jobs/trigger-sync.ts";
import { syncSchedules } from "#/schedules/schema.ts";

type Input = Readonly<{
  name: string;
  /** The same key and request from the same caller is the same job. */
  requestId?: string | undefined;
}>;

/**
 * Queues what a schedule would, now and even when it is paused; its ticks stay as they are. Throws `NOT_FOUND`, and
 * `INVALID` when all of its sources are disabled.
 */
export async function runSchedule(
  { db, queue }: { db: Db; queue: Pick<Queue, "send"> },
  actor: Principal,
  { name, requestId }: Input,
): Promise<TriggerSyncResult> {
  return db.transaction(async (tx) => {
    const schedule = await lockSchedule(tx, name);
    await lockTriggers(tx);
    const request = keyRequest(requestId, { kind: "schedule", name });
    const earlier = await findByRequest(tx, actor, request);
    if (earlier !== undefined) return { outcome: "already_queued", jobId: earlier.jobId };
    const sources = await listEnabled(tx, schedule.sources);
    if (sources?.length === 0)
      throw new AppError("INVALID", "All of its sources are disabled. Enable one, or change the schedule");
    const job = await enqueueJob(tx, queue, actor, {
      kind: "sync",
      sources: sources ?? undefined,
      request,
      note: `by hand from the schedule ${name}`,
      audit: (id) => ({ action: "schedules.runNow", target: name, after: { jobId: id } }),
    });
    await tx.update(syncSchedules).set({ lastJobId: job.jobId }).where(eq(syncSchedules.name, name));
    return { outcome: "queued", ...job };
  });
}
