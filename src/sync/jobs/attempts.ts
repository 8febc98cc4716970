import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db, Tx } from "#/platform/database.ts";
import { ATTEMPT_OUTCOMES, type AttemptOutcome } from "#/terms/job-status.ts";
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

type Started = Readonly<{ jobId: string; attempt: number; worker: string; fence: bigint }>;

/** Keeps that an attempt began, in the transaction that claims the job. */
export async function startAttempt(tx: Tx, started: Started): Promise<void> {
  await tx.insert(pricingSyncAttempts).values(started);
}

type Ended = Readonly<{ jobId: string; attempt: number; outcome: AttemptOutcome; message: string }>;

/** Keeps how an attempt ended, once: the first to say it is right. */
export async function endAttempt(tx: Tx, { jobId, attempt, outcome, message }: Ended): Promise<void> {
  await tx
    .update(pricingSyncAttempts)
    .set({ outcome, message, endedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(pricingSyncAttempts.jobId, jobId),
        eq(pricingSyncAttempts.attempt, attempt),
        isNull(pricingSyncAttempts.endedAt),
      ),
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
