import { and, asc, eq, isNull, ne, or } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { ATTEMPT_OUTCOMES } from "#/terms/job-status.ts";
import { pricingSyncAttempts } from "#/sync/schema.ts";

export const syncAttempt = z.object({
  attempt: z.number(),
  worker: z.string(),
  /** Of the lock, in digits. */
  fence: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** Null while it runs. */
  outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
  message: z.string().nullable(),
});
export type SyncAttempt = z.infer<typeof syncAttempt>;

/**
 * How many attempts of a job count towards giving it up, the present one included. Those that a worker's shutdown ended do
 * not: nothing was wrong with them.
 */
export async function countAttempts(tx: Db, jobId: string): Promise<number> {
  const { outcome } = pricingSyncAttempts;
  return tx.$count(
    pricingSyncAttempts,
    and(eq(pricingSyncAttempts.jobId, jobId), or(isNull(outcome), ne(outcome, "drained"))),
  );
}

/** All attempts of a job, the first one first. */
export async function listAttempts(db: Db, jobId: string): Promise<SyncAttempt[]> {
  const rows = await db
    .select()
    .from(pricingSyncAttempts)
    .where(eq(pricingSyncAttempts.jobId, jobId))
    .orderBy(asc(pricingSyncAttempts.attempt));
  return rows.map((row) => ({
    attempt: row.attempt,
    worker: row.worker,
    fence: String(row.fence),
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    outcome: row.outcome,
    message: row.message,
  }));
}
