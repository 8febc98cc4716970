import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import type { Db } from "#/platform/database.ts";
import { describeStarter, type RunTrigger } from "#/sync/jobs/describe-starter.ts";
import type { Run } from "#/sync/run/run.ts";
import type { AttemptOutcome } from "#/terms/job-status.ts";
import { summarizeProgress } from "#/terms/summarize-progress.ts";

type Ended = {
  /** Null where it is not this worker's to end: another one has taken the job over, or the database was away. */
  outcome: AttemptOutcome | null;
  message: string | null;
  retryOf: string | null;
  waitSeconds: number | null;
  seconds: number;
  fetchMs: number;
  parseMs: number;
  applyMs: number;
};

export type EndOfRun = Readonly<{ outcome: AttemptOutcome | "superseded"; trigger: RunTrigger; message: string }>;

const ROUTINE: readonly EndOfRun["outcome"][] = ["success", "cancelled", "retrying", "drained"];

/** One line for each attempt of a run, at its end, as its rows say it. Answers how it ended. Never fails: a line is not worth a run. */
export async function logRun({ db, log }: Readonly<{ db: Db; log: Logger }>, run: Run): Promise<EndOfRun> {
  const { jobId, kind, attempt, lease, triggeredBy, input } = run;
  const ended = await readEnd(db, run).catch((error: unknown) => {
    log.warn({ err: error, jobId }, "sync: how it ended could not be read");
    return undefined;
  });
  const { outcome: known, retryOf = null, message, ...durations } = ended ?? {};
  const outcome = known ?? "superseded";
  const { trigger } = describeStarter({ triggeredBy, retryOf });
  const { counts, sourceOutcomes } = summarizeProgress(run.progress.snapshot());
  log[ROUTINE.includes(outcome) ? "info" : "warn"](
    {
      jobId,
      requestId: input.requestId,
      kind,
      ...(input.dryRun === true ? { dryRun: true } : {}),
      trigger,
      triggeredBy,
      attempt,
      fence: String(lease.fence),
      outcome,
      counts,
      sources: Object.fromEntries(sourceOutcomes.map((one) => [one.source, one.outcome])),
      ...durations,
    },
    "sync: ended",
  );
  return { outcome, trigger, message: message ?? "Another worker has taken the sync over, or the database was away" };
}

async function readEnd(db: Db, { jobId, attempt }: Run): Promise<Ended | undefined> {
  const [row] = await db.execute<Ended>(sql`
    select a.outcome, a.message, j.retry_of::text as "retryOf",
      extract(epoch from j.started_at - j.triggered_at)::float8 as "waitSeconds",
      extract(epoch from coalesce(a.ended_at, clock_timestamp()) - a.started_at)::float8 as seconds,
      l.*
    from pricing_sync_attempts a join pricing_sync_jobs j using (job_id), lateral (
      select coalesce(sum(fetch_ms), 0)::int as "fetchMs", coalesce(sum(parse_ms), 0)::int as "parseMs",
        coalesce(sum(apply_ms), 0)::int as "applyMs"
      from pricing_sync_log where job_id = a.job_id and attempt = a.attempt) l
    where a.job_id = ${jobId}::uuid and a.attempt = ${attempt}`);
  return row;
}
