import { asc, eq } from "drizzle-orm";
import { z } from "zod";
import { compareRuns, runDifference } from "#/book/compare-runs.ts";
import type { Db } from "#/platform/database.ts";
import { getSummary, syncSummary } from "#/sync/jobs/list-syncs.ts";
import { pricingSyncLog } from "#/sync/schema.ts";
import { sourceCounts } from "#/terms/progress.ts";
import { SOURCE_OUTCOMES } from "#/terms/source-outcome.ts";

const sourcePart = z.object({
  outcome: z.enum(SOURCE_OUTCOMES),
  counts: sourceCounts,
  payloadDigest: z.string().nullable(),
  bytes: z.number().nullable(),
  errorMessage: z.string().nullable(),
  /** From the source's start in its last attempt to its end. */
  seconds: z.number(),
});

export const syncComparison = z.object({
  a: syncSummary,
  b: syncSummary,
  /** By name; null where the source had no part in a run, or was not done. */
  sources: z.array(z.object({ source: z.string(), a: sourcePart.nullable(), b: sourcePart.nullable() })),
  moved: runDifference,
});
export type SyncComparison = z.infer<typeof syncComparison>;

type Input = Readonly<{ a: string; b: string; limit: number }>;

/** Two runs side by side: each source's part, and the prices that they moved differently. Throws `NOT_FOUND`. */
export async function compareSyncs(db: Db, { a, b, limit }: Input): Promise<SyncComparison> {
  const runs = { a: await getSummary(db, a), b: await getSummary(db, b) };
  const parts = { a: await listParts(db, a), b: await listParts(db, b) };
  const names = [...new Set([...parts.a.keys(), ...parts.b.keys()])].toSorted();
  return {
    ...runs,
    sources: names.map((source) => ({
      source,
      a: parts.a.get(source) ?? null,
      b: parts.b.get(source) ?? null,
    })),
    moved: await compareRuns(db, { a, b, limit }),
  };
}

async function listParts(db: Db, jobId: string): Promise<Map<string, z.infer<typeof sourcePart>>> {
  const rows = await db
    .select()
    .from(pricingSyncLog)
    .where(eq(pricingSyncLog.jobId, jobId))
    .orderBy(asc(pricingSyncLog.source));
  return new Map(
    rows.map(({ source, outcome, counts, payloadDigest, bytes, errorMessage, startedAt, completedAt }) => [
      source,
      {
        outcome,
        counts,
        payloadDigest,
        bytes,
        errorMessage,
        seconds: Math.max(0, completedAt.getTime() - startedAt.getTime()) / 1_000,
      },
    ]),
  );
}
