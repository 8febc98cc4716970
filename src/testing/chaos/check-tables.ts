import type { Sql } from "postgres";

export type Verdict = Readonly<{
  /** Accepted jobs that are not there or not ended, and prices of the last payload that are not in the book. */
  lost: number;
  /** History rows that say the same twice, jobs with one request's key, `ended` events beyond a job's first. */
  doubled: number;
  /** Rows of a run that were written, or committed, under a fence when the lock had a higher one. */
  stale: number;
  /** Grants before the lease before had ended, fences that did not rise, renewals of what had run out. */
  overlaps: number;
  grants: number;
  /** Every finding in words. */
  findings: readonly string[];
}>;

type Expectation = Readonly<{
  accepted: readonly string[];
  /** source -> listing -> USD per token of input; the last document that each source served. */
  prices: ReadonlyMap<string, ReadonlyMap<string, string>>;
}>;

type Rule = Readonly<{ breaks: "doubled" | "stale" | "overlaps" | "lost"; words: string; query: string }>;

// Between the clock that a statement reads and the one that the trigger behind it reads.
const READING_SLACK = "interval '250 milliseconds'";

const RULES: readonly Rule[] = [
  {
    breaks: "lost",
    words: "job is queued or running for ever",
    query: `select job_id::text as what from pricing_sync_jobs where status in ('queued', 'running')`,
  },
  {
    breaks: "lost",
    words: "ended job has no event that says so with its status",
    query: `select job_id::text as what from pricing_sync_jobs j where status not in ('queued', 'running') and not exists (
      select 1 from pricing_sync_events e where e.job_id = j.job_id and e.kind = 'ended' and e.data->>'status' = j.status)`,
  },
  {
    breaks: "lost",
    words: "green job left out a source",
    query: `select job_id::text as what from pricing_sync_jobs j where status = 'success' and kind = 'sync' and
      (select count(*) from pricing_sync_log l where l.job_id = j.job_id and l.outcome in ('applied', 'unchanged'))
        < coalesce(array_length(j.sources, 1), (select count(*) from sources where enabled)::int)`,
  },
  {
    breaks: "doubled",
    words: "job ended twice",
    query: `select job_id::text as what from pricing_sync_events where kind = 'ended' group by job_id having count(*) > 1`,
  },
  {
    breaks: "doubled",
    words: "job did something after it had ended",
    query: `select e.job_id || ' ' || e.kind as what from pricing_sync_events e join pricing_sync_events d
      on d.job_id = e.job_id and d.kind = 'ended' and d.id < e.id and e.kind <> 'ended'`,
  },
  {
    breaks: "doubled",
    words: "source was written down after its job had ended",
    query: `select j.job_id || ' ' || l.source as what from pricing_sync_log l join pricing_sync_jobs j using (job_id)
      where l.completed_at > j.completed_at`,
  },
  {
    breaks: "doubled",
    words: "request key has two jobs",
    query: `select request_id as what from pricing_sync_jobs where request_id is not null group by 1 having count(*) > 1`,
  },
  {
    breaks: "doubled",
    words: "price was put into the history twice",
    query: `select source || ' ' || model as what from (
        select source, model, fingerprint, payload_digest, lag(fingerprint) over offer as earlier,
          lag(payload_digest) over offer as earlier_digest
        from model_pricing_history window offer as (partition by source, seller, model, variant order by id)) h
      where fingerprint = earlier and payload_digest = earlier_digest`,
  },
  {
    breaks: "stale",
    words: "write under a fence that had been overtaken",
    query: `select table_name || ' at ' || moment || ': ' || fence || ' under ' || present_fence as what
      from chaos.writes where present_fence is distinct from fence`,
  },
  {
    breaks: "stale",
    words: "event stands behind one of a higher fence",
    query: `select id::text as what from (select id, fence, max(fence) over (order by id) as highest
      from pricing_sync_events where fence is not null) e where fence < highest`,
  },
  {
    breaks: "stale",
    words: "history row stands behind one of a higher fence",
    query: `select id::text as what from (select id, fence, max(fence) over (order by id) as highest
      from model_pricing_history where fence is not null) h where fence < highest`,
  },
  {
    breaks: "overlaps",
    words: "grant before the lease before had ended",
    query: `select fence::text as what from chaos.lock_changes
      where owner is not null and fence <> old_fence and old_owner is not null and old_expires_at > at`,
  },
  {
    breaks: "overlaps",
    words: "fence did not rise",
    query: `select fence || ' after ' || highest as what from (
        select fence, old_fence, max(fence) over (order by id rows between unbounded preceding and 1 preceding) as highest
        from chaos.lock_changes) l where fence <> old_fence and fence <= highest`,
  },
  {
    breaks: "overlaps",
    words: "owner changed under one fence",
    query: `select fence::text as what from chaos.lock_changes
      where fence = old_fence and owner is not null and owner is distinct from old_owner`,
  },
  {
    breaks: "overlaps",
    words: "renewal of a lease that had run out",
    query: `select fence::text as what from chaos.lock_changes
      where fence = old_fence and owner is not null and expires_at > old_expires_at and old_expires_at < at - ${READING_SLACK}`,
  },
];

/** Judges a run from its tables alone, by statements that share nothing with the product. */
export async function checkTables(sql: Sql, { accepted, prices }: Expectation): Promise<Verdict> {
  const count = { lost: 0, doubled: 0, stale: 0, overlaps: 0 };
  const findings: string[] = [];
  const note = (breaks: Rule["breaks"], words: string, cases: readonly string[]) => {
    if (cases.length === 0) return;
    count[breaks] += cases.length;
    findings.push(`${breaks}: ${words}, ${cases.length} times: ${cases.slice(0, 3).join("; ")}`);
  };

  for (const { breaks, words, query } of RULES) {
    const rows = await sql.unsafe<{ what: string }[]>(query);
    note(
      breaks,
      words,
      rows.map(({ what }) => what),
    );
  }
  const present = await sql<{ job: string }[]>`select job_id::text as job from pricing_sync_jobs`;
  const known = new Set(present.map(({ job }) => job));
  note(
    "lost",
    "accepted job is not there",
    accepted.filter((job) => !known.has(job)),
  );
  for (const [source, wanted] of prices)
    note("lost", `price is not in the book`, await listWrongPrices(sql, source, wanted));
  const [grants] = await sql<{ count: number }[]>`
    select count(*)::int as count from chaos.lock_changes where owner is not null and fence is distinct from old_fence`;
  return { ...count, grants: grants?.count ?? 0, findings };
}

async function listWrongPrices(sql: Sql, source: string, wanted: ReadonlyMap<string, string>): Promise<string[]> {
  const rows = await sql<{ listing: string; amount: string | null }[]>`
    select listing, charges -> 0 ->> 'amount' as amount from model_pricing where source = ${source}`;
  const booked = new Map(rows.map(({ listing, amount }) => [listing, amount]));
  return [...wanted]
    .filter(([listing, usdPerToken]) => Number(booked.get(listing) ?? Number.NaN) !== Number(usdPerToken))
    .map(([listing, usdPerToken]) => `${source} ${listing}: ${booked.get(listing)} instead of ${usdPerToken}`);
}
