import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { Metrics } from "#/platform/metrics.ts";
import { findEventHorizon } from "#/sync/events/append-event.ts";
import { describeStarter, RUN_TRIGGERS } from "#/sync/jobs/describe-starter.ts";
import { ATTEMPT_OUTCOMES, ENDED_STATUSES, type AttemptOutcome, type EndedStatus } from "#/terms/job-status.ts";
import type { JobKind } from "#/terms/job-kind.ts";
import type { SourceCounts } from "#/terms/progress.ts";
import type { SourceOutcome } from "#/terms/source-outcome.ts";

/** What may come of an offer in a sync, as `SourceCounts` counts it. */
const OFFER_RESULTS = [
  "created",
  "changed",
  "unchanged",
  "announced",
  "held",
  "stillHeld",
  "remembered",
  "missing",
  "delisted",
  "stale",
  "rejected",
] as const satisfies readonly (keyof SourceCounts)[];

/**
 * Counts the ends of runs and of their attempts, in every process alike, from the log of events. Every end writes one event,
 * whoever ended it: a worker, a rescue, or a person while it was queued. Read up to the events' horizon, what comes after
 * the last one seen is counted exactly once. Rows of jobs could not be counted: retention takes them away.
 */
export async function measureRuns(metrics: Metrics, db: Db): Promise<void> {
  const count = createCounters(metrics);
  let { id: seen } = await findEventHorizon(db);
  metrics.readShared(async () => {
    const { id: until } = await findEventHorizon(db);
    for (const end of await listEnds(db, { after: seen, until })) {
      count(end);
      seen = BigInt(end.id);
    }
  });
}

type Ended = {
  id: string;
  /** How the run ended; null when it was put back into the queue. */
  status: EndedStatus | null;
  /** How its attempt ended; null when none did with this event. */
  attempt: AttemptOutcome | null;
  kind: JobKind;
  isDryRun: boolean;
  triggeredBy: string;
  retryOf: string | null;
  /** From its first attempt's start; null when it never started. */
  seconds: number | null;
  sources: readonly { source: string; outcome: SourceOutcome; counts: SourceCounts }[] | null;
};

async function listEnds(db: Db, { after, until }: { after: bigint; until: bigint }): Promise<Ended[]> {
  const rows = await db.execute<Ended>(sql`
    select e.id::text, case when e.kind = 'ended' then e.data ->> 'status' end as status, a.outcome as attempt, j.kind,
      coalesce((j.input ->> 'dryRun')::boolean, false) as "isDryRun", j.triggered_by as "triggeredBy", j.retry_of::text as "retryOf",
      extract(epoch from j.completed_at - j.started_at)::float8 as seconds,
      case when e.kind = 'ended' then (
        select json_agg(json_build_object('source', l.source, 'outcome', l.outcome, 'counts', l.counts))
        from pricing_sync_log l where l.job_id = e.job_id) end as sources
    from pricing_sync_events e join pricing_sync_jobs j on j.job_id = e.job_id
      left join pricing_sync_attempts a on a.job_id = e.job_id and a.attempt = (e.data ->> 'attempt')::int
        -- A run that ends while it waits for its next attempt ends no attempt.
        and not exists (select from pricing_sync_events before where before.job_id = e.job_id and before.id < e.id
          and before.kind = 'requeued' and before.data ->> 'attempt' = e.data ->> 'attempt')
    where e.id > ${after}::bigint and e.id <= ${until}::bigint and e.kind in ('ended', 'requeued') order by e.id`);
  return [...rows];
}

function createCounters(metrics: Metrics): (end: Ended) => void {
  const syncs = metrics.counter(
    {
      name: "ratebook_syncs_total",
      help: "Runs that ended since this process started, in all processes together; a partial run is no success",
      labels: ["kind", "trigger", "outcome"],
    },
    RUN_TRIGGERS.flatMap((trigger) => ENDED_STATUSES.map((outcome) => ({ kind: "sync", trigger, outcome }))),
  );
  const duration = metrics.histogram({
    name: "ratebook_sync_duration_seconds",
    help: "From the start of a run's first attempt to its end",
    labels: ["kind", "outcome"],
    buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900],
  });
  const attempts = metrics.counter(
    {
      name: "ratebook_sync_attempts_total",
      help: "Attempts of runs by how they ended; died: the worker died, or its lock was taken from it",
      labels: ["outcome"],
    },
    ATTEMPT_OUTCOMES.map((outcome) => ({ outcome })),
  );
  const reads = metrics.counter({
    name: "ratebook_source_reads_total",
    help: "How a source went in each sync that ended",
    labels: ["source", "outcome"],
  });
  const offers = metrics.counter({
    name: "ratebook_offers_total",
    help: "Offers of a source in syncs that ended, by what came of them",
    labels: ["source", "result"],
  });
  return ({ status, attempt, sources, ...run }) => {
    if (attempt !== null) attempts({ outcome: attempt });
    if (status === null) return;
    const kind = run.isDryRun ? "dry_run" : run.kind;
    syncs({ kind, trigger: describeStarter(run).trigger, outcome: status });
    if (run.seconds !== null) duration({ kind, outcome: status }, run.seconds);
    if (kind !== "sync") return;
    for (const { source, outcome, counts } of sources ?? []) {
      reads({ source, outcome });
      for (const result of OFFER_RESULTS) offers({ source, result }, counts[result]);
    }
  };
}
