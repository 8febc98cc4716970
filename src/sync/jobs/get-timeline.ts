import { and, asc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { listAttempts, syncAttempt, type SyncAttempt } from "#/sync/jobs/attempts.ts";
import { sourcePhases, TIMELINE_PHASES, type PhaseSpan } from "#/sync/jobs/source-phases.ts";
import { pricingSyncEvents, pricingSyncJobs, pricingSyncLog } from "#/sync/schema.ts";
import { SOURCE_OUTCOMES } from "#/terms/source-outcome.ts";

const span = z.object({ phase: z.enum(TIMELINE_PHASES), attempt: z.int(), from: z.number(), to: z.number() });
const lane = z.object({
  source: z.string(),
  /** Null while the source is not done. */
  outcome: z.enum(SOURCE_OUTCOMES).nullable(),
  spans: z.array(span),
  /** What went wrong, in the order of attempts. */
  failures: z.array(z.object({ attempt: z.int(), message: z.string() })),
});

/** Instants in spans are ms since the epoch, by the database's clock. */
export const syncTimeline = z.object({
  /** Of the first attempt; null before it. */
  startedAt: z.string().nullable(),
  /** The end of the run, or the present. */
  until: z.string(),
  attempts: z.array(syncAttempt),
  /** In the order in which the run planned its sources. */
  lanes: z.array(lane),
  /** The median of the last runs of the same kind and sources, while it runs; null when there are none. */
  expected: z.object({ seconds: z.number(), runs: z.int() }).nullable(),
});
export type SyncTimeline = z.infer<typeof syncTimeline>;
type Lane = z.infer<typeof lane>;

/** One run as a lane per source on one axis. Throws `NOT_FOUND`. */
export async function getTimeline(db: Db, jobId: string): Promise<SyncTimeline> {
  const [job] = await db
    .select({
      startedAt: pricingSyncJobs.startedAt,
      status: pricingSyncJobs.status,
      progress: pricingSyncJobs.progress,
      until: sql<string>`to_json(coalesce(${pricingSyncJobs.completedAt}, clock_timestamp())) #>> '{}'`,
    })
    .from(pricingSyncJobs)
    .where(eq(pricingSyncJobs.jobId, jobId));
  if (job === undefined) throw new AppError("NOT_FOUND", `There is no sync ${jobId}`);
  const attempts = await listAttempts(db, jobId);
  const log = await db
    .select()
    .from(pricingSyncLog)
    .where(eq(pricingSyncLog.jobId, jobId))
    .orderBy(asc(pricingSyncLog.completedAt));
  const tries = await listTries(db, jobId);
  const planned = Object.keys(job.progress?.sources ?? {});
  const names = new Set([...planned, ...log.map(({ source }) => source)]);
  return {
    startedAt: job.startedAt?.toISOString() ?? null,
    until: job.until,
    attempts,
    lanes: [...names].map((source) => {
      const entry = log.find((one) => one.source === source);
      const phase = job.progress?.sources[source]?.phase ?? "done";
      return buildLane(source, { entry, attempts, tries, isDone: phase === "done" });
    }),
    expected: job.status === "running" ? await findExpected(db, jobId) : null,
  };
}

type LogRow = typeof pricingSyncLog.$inferSelect;
/** A source that came to an end in one attempt. `at` is in ms since the epoch. */
type Try = Readonly<{ source: string; attempt: number; at: number; message: string }>;
type LaneInput = Readonly<{
  entry: LogRow | undefined;
  attempts: readonly SyncAttempt[];
  tries: readonly Try[];
  isDone: boolean;
}>;

function buildLane(source: string, { entry, attempts, tries, isDone }: LaneInput): Lane {
  // The log has the last time alone; events have told of those before it.
  const earlier = tries.filter((one) => one.source === source && one.attempt < (entry?.attempt ?? Infinity));
  const startOf = (attempt: number) => attempts.find((one) => one.attempt === attempt)?.startedAt;
  const waitsFrom = earlier.at(-1)?.at ?? toMs(startOf(entry?.attempt ?? 0));
  const failed = entry !== undefined && entry.outcome === "failed" ? [entry] : [];
  return {
    source,
    outcome: isDone ? (entry?.outcome ?? null) : null,
    spans: [
      ...earlierSpans(earlier.map((one) => ({ ...one, from: toMs(startOf(one.attempt)) ?? one.at }))),
      ...(entry === undefined ? [] : phasesOf(entry, waitsFrom)),
    ],
    failures: [
      // An event names its source first; a lane has that name already.
      ...earlier.map(({ attempt, message }) => ({ attempt, message: message.replace(`${source} failed: `, "") })),
      ...failed.map(({ attempt, errorMessage }) => ({ attempt, message: errorMessage ?? "It failed." })),
    ],
  };
}

function toMs(iso: string | undefined): number | undefined {
  return iso === undefined ? undefined : Date.parse(iso);
}

/** Attempts that a later one took the place of, and the waits between them. */
function earlierSpans(tries: readonly (Try & Readonly<{ from: number }>)[]): PhaseSpan[] {
  return tries
    .flatMap(({ attempt, from, at }, index): PhaseSpan[] => [
      { phase: "wait", attempt, from: tries[index - 1]?.at ?? from, to: from },
      { phase: "tried", attempt, from, to: at },
    ])
    .filter(({ from, to }) => to > from);
}

function phasesOf(entry: LogRow, waitsFrom: number | undefined): PhaseSpan[] {
  const startedAt = entry.startedAt.getTime();
  return sourcePhases({
    ...entry,
    startedAt,
    completedAt: entry.completedAt.getTime(),
    waitsFrom: Math.min(startedAt, waitsFrom ?? startedAt),
  });
}

async function listTries(db: Db, jobId: string): Promise<Try[]> {
  const rows = await db
    .select({ at: pricingSyncEvents.at, data: pricingSyncEvents.data })
    .from(pricingSyncEvents)
    .where(and(eq(pricingSyncEvents.jobId, jobId), eq(pricingSyncEvents.kind, "source")))
    .orderBy(asc(pricingSyncEvents.id));
  return rows.flatMap(({ at, data: { source, attempt, message } }) =>
    source === undefined || attempt === undefined ? [] : [{ source, attempt, message, at: at.getTime() }],
  );
}

const RUNS_LOOKED_AT = 200;
const RUNS_COUNTED = 10;

async function findExpected(db: Db, jobId: string): Promise<SyncTimeline["expected"]> {
  const [row] = await db.execute<{ seconds: number | null; runs: number }>(sql`
    select percentile_cont(0.5) within group (order by seconds)::float8 as seconds, count(*)::int as runs from (
      select extract(epoch from p.completed_at - p.started_at) as seconds
      from (select * from pricing_sync_jobs order by triggered_at desc limit ${RUNS_LOOKED_AT}) p
        join pricing_sync_jobs j on j.job_id = ${jobId}::uuid and p.kind = j.kind and p.sources is not distinct from j.sources
          and p.input -> 'dryRun' is not distinct from j.input -> 'dryRun'
      where p.status in ('success', 'partial') and p.started_at is not null
      order by p.triggered_at desc limit ${RUNS_COUNTED}) last`);
  return row === undefined || row.seconds === null ? null : { seconds: row.seconds, runs: row.runs };
}
