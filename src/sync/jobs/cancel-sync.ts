import { and, eq, isNull, sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { appendEvent } from "#/sync/events/append-event.ts";
import { moveJob } from "#/sync/jobs/move-job.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

export type CancelSyncResult = Readonly<{ outcome: "cancelled" | "cancelling" | "already_ended"; jobId: string }>;

/**
 * A queued job never starts. A running one notices within a second and ends when the transactions that it has under way have
 * ended; what it has applied stays applied. `action` is what the audit log calls it. Throws `NOT_FOUND`.
 */
export async function cancelSync(
  { db, queue }: { db: Db; queue: Pick<Queue, "remove"> },
  actor: Principal,
  { jobId, reason }: { jobId: string; reason?: string | undefined },
  action: "syncs.cancel" | "syncs.cancelMany" = "syncs.cancel",
): Promise<CancelSyncResult> {
  return db.transaction(async (tx) => {
    const [job] = await tx
      .select({
        status: pricingSyncJobs.status,
        attempt: pricingSyncJobs.attempt,
        queueEntryId: pricingSyncJobs.queueEntryId,
      })
      .from(pricingSyncJobs)
      .where(eq(pricingSyncJobs.jobId, jobId))
      .for("update");
    if (job === undefined) throw new AppError("NOT_FOUND", `There is no sync ${jobId}`);

    const why = reason === undefined ? "" : `: ${reason}`;
    const audit = {
      action,
      target: jobId,
      ...(reason === undefined ? {} : { reason }),
      before: { status: job.status },
    };

    if (job.status === "queued") {
      const message = `Cancelled by ${actor.label} before ${job.attempt === 0 ? "it started" : "it was tried again"}${why}`;
      if (job.queueEntryId !== null) await queue.remove(tx, job.queueEntryId);
      await recordAudit(tx, actor, { ...audit, after: { status: "cancelled" } });
      await moveJob(tx, jobId, {
        from: ["queued"],
        to: "cancelled",
        errorMessage: message,
        message,
        cancelledBy: actor.label,
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
        data: { message: `${actor.label} asked to stop it${why}`, status: "running" },
      });
      await recordAudit(tx, actor, { ...audit, after: { status: "cancelling" } });
    }
    return { outcome: "cancelling", jobId };
  });
}
