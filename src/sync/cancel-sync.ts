import { and, eq, isNull, sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { appendEvent } from "#/sync/append-event.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

export type CancelSyncResult = Readonly<{ outcome: "cancelled" | "cancelling" | "already_ended"; jobId: string }>;

/**
 * A queued job never starts; a running one stops within 2 s at a safe point, and what it has applied stays applied.
 * Throws `NOT_FOUND`.
 */
export async function cancelSync(
  { db, queue }: { db: Db; queue: Pick<Queue, "remove"> },
  actor: Principal,
  { jobId }: { jobId: string },
): Promise<CancelSyncResult> {
  return db.transaction(async (tx) => {
    const [job] = await tx.select().from(pricingSyncJobs).where(eq(pricingSyncJobs.jobId, jobId)).for("update");
    if (job === undefined) throw new AppError("NOT_FOUND", `There is no sync ${jobId}`);

    if (job.status === "queued") {
      await tx
        .update(pricingSyncJobs)
        .set({
          status: "cancelled",
          completedAt: sql`clock_timestamp()`,
          cancelledBy: actor.label,
          errorMessage: `Cancelled by ${actor.label} before it started`,
        })
        .where(and(eq(pricingSyncJobs.jobId, jobId), eq(pricingSyncJobs.status, "queued")));
      if (job.queueEntryId !== null) await queue.remove(tx, job.queueEntryId);
      await appendEvent(tx, {
        jobId,
        kind: "ended",
        data: { message: `Cancelled by ${actor.label} before it started`, status: "cancelled" },
      });
      return { outcome: "cancelled", jobId };
    }
    if (job.status !== "running") return { outcome: "already_ended", jobId };

    const asked = await tx
      .update(pricingSyncJobs)
      .set({ cancelRequestedAt: sql`clock_timestamp()`, cancelledBy: actor.label })
      .where(and(eq(pricingSyncJobs.jobId, jobId), isNull(pricingSyncJobs.cancelRequestedAt)))
      .returning({ jobId: pricingSyncJobs.jobId });
    if (asked.length > 0) {
      await appendEvent(tx, {
        jobId,
        kind: "cancelling",
        data: { message: `${actor.label} asked to stop it`, status: "running" },
      });
    }
    return { outcome: "cancelling", jobId };
  });
}
