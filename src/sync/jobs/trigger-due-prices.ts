import { and, eq, inArray } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { findDuePrices } from "#/book/apply-due-prices.ts";
import type { Db } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { enqueueJob, lockTriggers } from "#/sync/jobs/enqueue-job.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

const CALENDAR: Principal = { kind: "system", id: "calendar", label: "calendar", role: "operator" };

/** Queues a run for announced prices whose day has come, unless one is under way. Safe from many processes at once. */
export async function triggerDuePrices({ db, queue }: { db: Db; queue: Pick<Queue, "send"> }): Promise<void> {
  await db.transaction(async (tx) => {
    await lockTriggers(tx);
    const due = await findDuePrices(tx);
    const [active] = await tx
      .select({ jobId: pricingSyncJobs.jobId })
      .from(pricingSyncJobs)
      .where(and(eq(pricingSyncJobs.kind, "due"), inArray(pricingSyncJobs.status, ["queued", "running"])))
      .limit(1);
    if (due === undefined || active !== undefined) return;
    await enqueueJob(tx, queue, CALENDAR, { kind: "due", sources: due.sources });
  });
}
