import { and, asc, desc, eq, inArray, max, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { listAttempts, syncAttempt } from "#/sync/jobs/attempts.ts";
import { jobInput } from "#/terms/job-input.ts";
import { JOB_KINDS } from "#/terms/job-kind.ts";
import { sourceResult, type SourceResult } from "#/terms/source-result.ts";
import { isEnded, JOB_STATUSES } from "#/terms/job-status.ts";
import { percentDone } from "#/terms/percent-done.ts";
import { jobProgress, sourceCounts } from "#/terms/progress.ts";
import { describeStarter, RUN_TRIGGERS } from "#/sync/jobs/describe-starter.ts";
import { matchSyncs, type SyncFilter } from "#/sync/jobs/sync-filter.ts";
import { pricingSyncEvents, pricingSyncJobs, pricingSyncLog, pricingSyncResults } from "#/sync/schema.ts";
import { SOURCE_OUTCOMES } from "#/terms/source-outcome.ts";
import { summarizeProgress } from "#/terms/summarize-progress.ts";
import { unreadField } from "#/terms/unread-field.ts";

export const syncSummary = z.object({
  jobId: z.string(),
  kind: z.enum(JOB_KINDS),
  /** Said what would happen, and wrote nothing. */
  dryRun: z.boolean(),
  status: z.enum(JOB_STATUSES),
  /** What made it start; a run that tries another one again is a `retry`, whoever asked for it. */
  trigger: z.enum(RUN_TRIGGERS),
  triggeredBy: z.string(),
  /** Who started it, in words. */
  startedBy: z.string(),
  triggeredAt: z.string(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  /** Running time so far, or in all, by the database's clock. */
  durationSeconds: z.number().nullable(),
  errorMessage: z.string().nullable(),
  /** Null: every enabled source. */
  sources: z.array(z.string()).nullable(),
  attempt: z.number(),
  worker: z.string().nullable(),
  cancelRequested: z.boolean(),
  /** It starts its next attempt at this instant at the earliest. */
  retryAt: z.string().nullable(),
  /** The job that this one tries again. */
  retryOf: z.string().nullable(),
  progress: jobProgress.nullable(),
  progressPercent: z.number(),
  /** Offers of all sources that are done. */
  counts: z.object({ changed: z.int(), new: z.int(), held: z.int(), rejected: z.int() }),
  /** The sources that took part, by name; the outcome is null while a source is not done. */
  sourceOutcomes: z.array(z.object({ source: z.string(), outcome: z.enum(SOURCE_OUTCOMES).nullable() })),
});
export type SyncSummary = z.infer<typeof syncSummary>;

export const sourceLog = z.object({
  source: z.string(),
  outcome: z.enum(SOURCE_OUTCOMES),
  startedAt: z.string(),
  completedAt: z.string(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  retryable: z.boolean().nullable(),
  httpStatus: z.number().nullable(),
  bytes: z.number().nullable(),
  payloadDigest: z.string().nullable(),
  counts: sourceCounts,
  rejectSamples: z.array(z.object({ path: z.string(), reason: z.string(), detail: z.string() })),
  unreadFields: z.array(unreadField),
  notes: z.array(z.string()),
  fetchMs: z.number().nullable(),
  parseMs: z.number().nullable(),
  applyMs: z.number().nullable(),
  attempt: z.number(),
});

export const syncDetail = syncSummary.extend({
  input: jobInput,
  /** What it did, or in a dry run would do, line by line; null while no source is done. */
  result: z.object({ dryRun: z.boolean(), sources: z.record(z.string(), sourceResult) }).nullable(),
  log: z.array(sourceLog),
  attempts: z.array(syncAttempt),
  /** The newest job that tries this one again. */
  retriedBy: z.string().nullable(),
  /** Watching from here on misses nothing that this answer does not show. */
  lastEventId: z.string(),
});
export type SyncDetail = z.infer<typeof syncDetail>;

const duration = sql<
  number | null
>`case when ${pricingSyncJobs.startedAt} is not null then greatest(0, extract(epoch from
  coalesce(${pricingSyncJobs.completedAt}, clock_timestamp()) - ${pricingSyncJobs.startedAt}))::float8 end`;
// Named one by one: what a page of runs does not show is not read for it.
const summaryColumns = {
  jobId: pricingSyncJobs.jobId,
  kind: pricingSyncJobs.kind,
  input: pricingSyncJobs.input,
  status: pricingSyncJobs.status,
  triggeredBy: pricingSyncJobs.triggeredBy,
  triggeredAt: pricingSyncJobs.triggeredAt,
  startedAt: pricingSyncJobs.startedAt,
  completedAt: pricingSyncJobs.completedAt,
  durationSeconds: duration,
  errorMessage: pricingSyncJobs.errorMessage,
  sources: pricingSyncJobs.sources,
  attempt: pricingSyncJobs.attempt,
  worker: pricingSyncJobs.worker,
  cancelRequestedAt: pricingSyncJobs.cancelRequestedAt,
  retryAt: pricingSyncJobs.retryAt,
  retryOf: pricingSyncJobs.retryOf,
  progress: pricingSyncJobs.progress,
};

type Row = Readonly<
  Pick<typeof pricingSyncJobs.$inferSelect, Exclude<keyof typeof summaryColumns, "durationSeconds">> & {
    durationSeconds: number | null;
  }
>;

function toSummary({ input, cancelRequestedAt, ...job }: Row): SyncSummary {
  return {
    ...job,
    dryRun: input.dryRun ?? false,
    triggeredAt: job.triggeredAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    completedAt: job.completedAt?.toISOString() ?? null,
    cancelRequested: cancelRequestedAt !== null,
    retryAt: job.retryAt?.toISOString() ?? null,
    progressPercent: percentDone(job.progress),
    ...describeStarter(job),
    ...summarizeProgress(job.progress),
  };
}

/** One sync with its per-source log. Throws `NOT_FOUND`. */
export async function getSync(db: Db, jobId: string): Promise<SyncDetail> {
  // Read first, so that an event that comes in between is seen twice rather than never.
  const [newest] = await db
    .select({ id: max(pricingSyncEvents.id) })
    .from(pricingSyncEvents)
    .where(eq(pricingSyncEvents.jobId, jobId));
  const row = await getRow(db, jobId);
  const log = await db
    .select()
    .from(pricingSyncLog)
    .where(eq(pricingSyncLog.jobId, jobId))
    .orderBy(asc(pricingSyncLog.completedAt));
  const results = await db
    .select({ source: pricingSyncResults.source, result: pricingSyncResults.result })
    .from(pricingSyncResults)
    .where(eq(pricingSyncResults.jobId, jobId))
    .orderBy(asc(pricingSyncResults.source));
  const [retry] = await db
    .select({ jobId: pricingSyncJobs.jobId })
    .from(pricingSyncJobs)
    .where(eq(pricingSyncJobs.retryOf, jobId))
    .orderBy(desc(pricingSyncJobs.triggeredAt))
    .limit(1);
  return {
    ...toSummary(row),
    input: row.input,
    result: toResult(row, results),
    log: log.map((entry) => ({
      ...entry,
      startedAt: entry.startedAt.toISOString(),
      completedAt: entry.completedAt.toISOString(),
      rejectSamples: [...entry.rejectSamples],
      unreadFields: [...entry.unreadFields],
      notes: [...entry.notes],
    })),
    attempts: await listAttempts(db, jobId),
    retriedBy: retry?.jobId ?? null,
    lastEventId: String(newest?.id ?? 0),
  };
}

async function getRow(db: Db, jobId: string): Promise<Row> {
  const [row] = await db.select(summaryColumns).from(pricingSyncJobs).where(eq(pricingSyncJobs.jobId, jobId));
  if (row === undefined) throw new AppError("NOT_FOUND", `There is no sync ${jobId}`);
  return row;
}

/** One sync as a list shows it. Throws `NOT_FOUND`. */
export async function getSummary(db: Db, jobId: string): Promise<SyncSummary> {
  return toSummary(await getRow(db, jobId));
}

function toResult(
  { status, input }: Row,
  rows: readonly { source: string; result: SourceResult }[],
): SyncDetail["result"] {
  if (rows.length === 0 && !isEnded(status)) return null;
  const sources = Object.fromEntries(rows.map(({ source, result }) => [source, result]));
  return { dryRun: input.dryRun ?? false, sources };
}

type ListInput = SyncFilter & Readonly<{ limit: number; cursor?: string | undefined }>;

/** The runs that a filter names, newest first; page by cursor. */
export async function listSyncs(
  db: Db,
  { limit, cursor, ...filter }: ListInput,
): Promise<{ syncs: SyncSummary[]; nextCursor: string | null }> {
  const rows = await db
    .select(summaryColumns)
    .from(pricingSyncJobs)
    .where(and(matchSyncs(filter), cursor === undefined ? undefined : before(cursor)))
    .orderBy(desc(pricingSyncJobs.triggeredAt), desc(pricingSyncJobs.jobId))
    .limit(limit + 1);
  const syncs = rows.slice(0, limit).map(toSummary);
  return { syncs, nextCursor: rows.length > limit ? (syncs.at(-1)?.jobId ?? null) : null };
}

// The cursor is the last job shown; its place is looked up, so no timestamp loses its microseconds on the way.
function before(cursor: string) {
  if (!z.uuid().safeParse(cursor).success)
    throw new AppError("INVALID", "The cursor is not valid. Start again without it");
  return sql`(${pricingSyncJobs.triggeredAt}, ${pricingSyncJobs.jobId}) <
    (select c.triggered_at, c.job_id from pricing_sync_jobs c where c.job_id = ${cursor}::uuid)`;
}

/** The condition on `pricing_sync_jobs` of a run that failed for good and that nobody has tried again. */
export const isDeadLetter = sql`(${pricingSyncJobs.status} = 'failed'
  and not exists (select from pricing_sync_jobs r where r.retry_of = ${pricingSyncJobs.jobId}))`;

/** Dead letters, newest first. */
export async function listDeadLetters(db: Db, { limit }: { limit: number }): Promise<SyncSummary[]> {
  const rows = await db
    .select(summaryColumns)
    .from(pricingSyncJobs)
    .where(isDeadLetter)
    .orderBy(desc(pricingSyncJobs.completedAt))
    .limit(limit);
  return rows.map(toSummary);
}

/** What runs now, and what waits, in its order. */
export async function listActiveSyncs(db: Db): Promise<{ running: SyncSummary[]; queued: SyncSummary[] }> {
  const rows = await db
    .select(summaryColumns)
    .from(pricingSyncJobs)
    .where(inArray(pricingSyncJobs.status, ["queued", "running"]))
    .orderBy(asc(pricingSyncJobs.triggeredAt));
  const all = rows.map(toSummary);
  return {
    running: all.filter((job) => job.status === "running"),
    queued: all.filter((job) => job.status === "queued"),
  };
}
