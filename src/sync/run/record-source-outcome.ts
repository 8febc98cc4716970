import { eq, sql } from "drizzle-orm";
import type { PgUpdateSetSource } from "drizzle-orm/pg-core";
import type { Tx } from "#/platform/database.ts";
import { sources } from "#/sources/schema.ts";
import type { SourceRow } from "#/sync/run/run.ts";
import { pricingSyncLog } from "#/sync/schema.ts";
import type { JobKind } from "#/terms/job-kind.ts";
import type { SourceResult } from "#/terms/source-result.ts";
import { NO_COUNTS, type SourceCounts, type SourceProgress } from "#/terms/progress.ts";
import type { SourceOutcome } from "#/terms/source-outcome.ts";

/** One source's part of one run. */
export type SourceStep = Readonly<{
  jobId: string;
  kind: JobKind;
  fence: bigint;
  attempt: number;
  /** ISO 8601, by the database's clock. */
  startedAt: string;
  source: SourceRow;
}>;

/** What a source came to: for its page, for the event log and, where there are lines to show, for the job's result. */
export type SourceOutcomeWords = Readonly<{ progress: SourceProgress; message: string; result?: SourceResult }>;

/** What the log keeps beside the outcome: sizes, times, the payload's digest. */
export type LogEntry = Partial<typeof pricingSyncLog.$inferInsert>;

/** A source that is asked again leaves nothing of the time before in its row. */
const NOTHING_LOGGED = {
  notes: [],
  rejectSamples: [],
  unreadFields: [],
  httpStatus: null,
  bytes: null,
  payloadDigest: null,
  fetchMs: null,
  parseMs: null,
  applyMs: null,
} as const satisfies LogEntry;

type SourceChanges = PgUpdateSetSource<typeof sources>;

/** `retryable`: trying again, unchanged, can help; `waitSeconds`: not before the source said. */
export type SourceError = Readonly<{ code: string; message: string; retryable?: boolean; waitSeconds?: number }>;

type SourceFinish = Readonly<{
  outcome: SourceOutcome;
  counts?: SourceCounts;
  log?: LogEntry;
  source?: SourceChanges;
  error?: SourceError;
}>;

/**
 * Writes how one source went in one run: its log row, and its own row. Only a sync says how fresh a source is, and a
 * failure never counts as a success. Answers the progress that a page shows from then on.
 */
export async function recordSourceOutcome(tx: Tx, step: SourceStep, finish: SourceFinish): Promise<SourceProgress> {
  const { name } = step.source;
  const { outcome, counts, log = {}, source = {}, error } = finish;
  const values: typeof pricingSyncLog.$inferInsert = {
    ...NOTHING_LOGGED,
    ...log,
    jobId: step.jobId,
    source: name,
    outcome,
    counts: counts ?? NO_COUNTS,
    startedAt: new Date(step.startedAt),
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
    retryable: error === undefined ? null : (error.retryable ?? false),
    attempt: step.attempt,
    fence: step.fence,
  };
  const row = { ...values, completedAt: sql`clock_timestamp()` };
  await tx
    .insert(pricingSyncLog)
    .values(row)
    .onConflictDoUpdate({ target: [pricingSyncLog.jobId, pricingSyncLog.source], set: row });
  const changes = step.kind === "sync" ? { ...freshness(outcome, error?.message), ...source } : source;
  if (Object.keys(changes).length > 0) await tx.update(sources).set(changes).where(eq(sources.name, name));
  return {
    phase: "done",
    outcome,
    ...(counts === undefined ? {} : { counts }),
    ...(error === undefined ? {} : describeError(error)),
  };
}

function describeError({ message, retryable, waitSeconds }: SourceError) {
  return {
    error: message,
    ...(retryable === true ? { retryable } : {}),
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
  };
}

function freshness(outcome: SourceOutcome, error: string | undefined): SourceChanges {
  const succeeded = outcome === "applied" || outcome === "unchanged";
  return {
    ...(succeeded ? { lastSuccessAt: sql`clock_timestamp()`, retryAfter: null } : {}),
    lastAttemptAt: sql`clock_timestamp()`,
    lastOutcome: outcome,
    lastError: error ?? null,
  };
}
