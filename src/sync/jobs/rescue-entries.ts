import { eq, sql } from "drizzle-orm";
import type { Logger } from "pino";
import { z } from "zod";
import type { Db, Tx } from "#/platform/database.ts";
import type { Queue, TakenEntry } from "#/platform/queue.ts";
import { continueTrace } from "#/platform/span.ts";
import { LOCK_KEY } from "#/sync/lease/lease.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "listTaken" | "remove" | "send">; log: Logger }>;

/** From taking an entry to taking the lock a worker needs milliseconds. */
const IDLE_AFTER_SECONDS = 1;

/** What an entry of the queue carries. */
export const queueEntryData = z.object({ jobId: z.uuid() });

/**
 * Frees the queue of entries whose worker died without a run: before it took the lock, or after its job had ended. The
 * queue hands out one at a time, and by itself waits for a heartbeat of 10 s and more. Only while nobody holds the lock; a
 * worker that was merely slow does no harm, as whoever takes the lock first runs the job. An entry that can't be freed does
 * not keep the others from it. Answers how many it freed.
 */
export async function rescueEntries(deps: Deps): Promise<number> {
  const { db, queue, log } = deps;
  const taken = await queue.listTaken(db, IDLE_AFTER_SECONDS);
  let freed = 0;
  for (const entry of taken) {
    const done = await db
      .transaction((tx) => free(tx, deps, entry))
      .catch((error: unknown) => {
        log.error(
          { err: error, entryId: entry.id },
          "rescue: an entry of the queue could not be freed, tried again later",
        );
        return false;
      });
    freed += done ? 1 : 0;
  }
  return freed;
}

async function free(tx: Tx, { queue, log }: Omit<Deps, "db">, { id: entryId, data }: TakenEntry): Promise<boolean> {
  const parsed = queueEntryData.safeParse(data);
  if (!parsed.success) {
    await queue.remove(tx, entryId);
    log.error({ entryId, data }, "rescue: removed an entry of the queue that names no job");
    return true;
  }
  const { jobId } = parsed.data;
  const [job] = await tx
    .select({
      status: pricingSyncJobs.status,
      queueEntryId: pricingSyncJobs.queueEntryId,
      input: pricingSyncJobs.input,
      isHeld,
    })
    .from(pricingSyncJobs)
    .where(eq(pricingSyncJobs.jobId, jobId))
    .for("update", { skipLocked: true });
  // A running job without a lock is rescued with its entry.
  if (job === undefined || job.isHeld || job.status === "running") return false;
  await queue.remove(tx, entryId);
  if (job.status === "queued" && job.queueEntryId === entryId) {
    const queueEntryId = await continueTrace(job.input.trace, () => queue.send(tx, { jobId }, { priority: 1 }));
    await tx.update(pricingSyncJobs).set({ queueEntryId }).where(eq(pricingSyncJobs.jobId, jobId));
  }
  log.warn({ jobId, entryId }, "rescue: freed an entry of the queue that had no run behind it");
  return true;
}

const isHeld = sql<boolean>`exists (
  select from pricing_sync_lock lock
  where lock.lock_key = ${LOCK_KEY} and lock.locked_by is not null and lock.expires_at > clock_timestamp())`;
