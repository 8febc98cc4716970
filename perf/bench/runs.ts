/**
 * Times what the pages of runs ask, in a database of 100,000 runs whose newest has changed 100,000 prices. Real Postgres, no HTTP.
 *
 *   node perf/bench/runs.ts            times
 *   node perf/bench/runs.ts --explain  how the database answers each question, too
 */
import { sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { compareRuns } from "#/book/compare-runs.ts";
import { listRunChanges } from "#/book/list-run-changes.ts";
import { recountVersions } from "#/book/list-rate-changes.ts";
import type { Database, Db } from "#/platform/database.ts";
import { getTimeline } from "#/sync/jobs/get-timeline.ts";
import { listSyncs } from "#/sync/jobs/list-syncs.ts";
import { listLockHistory } from "#/sync/lease/list-lock-history.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { timeOf } from "./take-turns.ts";

const RUNS = 100_000;
const PRICES = 100_000;
const isExplained = process.argv.includes("--explain");
const idOf = (run: number) => `00000000-0000-4000-8000-${String(run).padStart(12, "0")}`;

async function fillRuns(db: Db): Promise<void> {
  // Every hour for eleven years; one in fifty failed, one in twenty a dry run, one in a thousand of a source that is rare.
  await db.execute(sql`
    insert into pricing_sync_jobs (job_id, kind, input, status, triggered_by, triggered_at, started_at, completed_at, attempt, progress)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, case when n % 100 = 0 then 'replay' else 'sync' end,
      case when n % 20 = 0 then '{"dryRun": true}'::jsonb else '{}' end, case when n % 50 = 0 then 'failed' else 'success' end,
      case when n % 500 = 0 then 'ann@example.com' else 'schedule hourly' end, at, at, at + interval '20 seconds', 1,
      jsonb_build_object('sources', jsonb_build_object('litellm', done, 'openrouter', done, 'models-dev', done,
        case when n % 1000 = 0 then 'rare' else 'vercel' end, done))
    from (select n, clock_timestamp() - (${RUNS}::int - n) * interval '1 hour' as at,
      '{"phase": "done", "outcome": "unchanged", "counts": {"changed": 0, "created": 0, "held": 0, "rejected": 0}}'::jsonb as done
      from generate_series(1, ${RUNS}::int) n) runs`);
  await db.execute(sql`
    insert into pricing_sync_attempts (job_id, attempt, worker, fence, started_at, ended_at, outcome)
    select job_id, 1, 'host/1', row_number() over (order by triggered_at), started_at, completed_at, status from pricing_sync_jobs`);
}

/** The newest run has changed all prices, and the one before it half of them. */
async function fillChanges(db: Db): Promise<void> {
  await db.execute(sql`
    insert into book_versions (version, at, cause, job_id)
    values (1, clock_timestamp(), 'sync', null), (2, clock_timestamp(), 'sync', ${idOf(RUNS - 1)}::uuid), (3, clock_timestamp(), 'sync', ${idOf(RUNS)}::uuid)`);
  await fillVersion(db, 1, sql`true`);
  await fillVersion(db, 2, sql`n % 2 = 0`);
  await fillVersion(db, 3, sql`true`);
  await recountVersions(db);
}

async function fillVersion(db: Db, version: number, which: SQL): Promise<void> {
  await db.execute(sql`
    insert into rates (seller, model, variant, state, charges, origins, fingerprint, valid_from, version_from, cause, is_news, replaces)
    select 'seller-' || n % 10, 'vendor/model-' || n, 'default', 'priced', jsonb_build_array(
        jsonb_build_object('meter', 'input', 'unit', 'token', 'amount', ((1000 + n % 97 * ${version}::int) / 1000000000.0)::text),
        jsonb_build_object('meter', 'output', 'unit', 'token', 'amount', ((4000 + n % 89 * ${version}::int) / 1000000000.0)::text)),
      '[{"source": "first", "listing": "x"}]', md5(n || ' ' || ${version}::int), clock_timestamp(), ${version}::int, 'sync', true, before.id
    from generate_series(1, ${PRICES}::int) n left join rates before on before.model = 'vendor/model-' || n and before.version_to is null
    where ${which}`);
  await db.execute(
    sql`update rates set version_to = ${version}::int, valid_to = clock_timestamp() where version_from < ${version}::int and version_to is null
      and id in (select replaces from rates where version_from = ${version}::int)`,
  );
}

type Statement = Readonly<{ text: string; values: unknown[] }>;

type Questions = Readonly<Record<string, readonly [targetMs: number, ask: () => Promise<unknown>]>>;

function listQuestions(db: Db): Questions {
  const list = (filter: object) => listSyncs(db, { limit: 50, ...filter });
  return {
    "the newest runs": [50, () => list({})],
    "runs by status": [50, () => list({ statuses: ["failed"] })],
    "runs by kind": [50, () => list({ kinds: ["dry_run"] })],
    "runs of a source": [150, () => list({ source: "rare" })],
    "runs by who": [150, () => list({ by: "ann" })],
    "runs by who, none": [300, () => list({ by: "nobody" })],
    "runs of a status that there is none of": [300, () => list({ statuses: ["partial"] })],
    "runs of a source that there is none of": [300, () => list({ source: "none" })],
    "runs of a day": [50, () => list({ from: "2024-01-01T00:00:00Z", to: "2024-01-02T00:00:00Z" })],
    "an old page": [50, () => list({ cursor: idOf(100) })],
    "a run's timeline": [50, () => getTimeline(db, idOf(RUNS))],
    "a page of 100,000 changes": [5_000, () => listRunChanges(db, { jobId: idOf(RUNS), limit: 50 })],
    "two runs compared": [5_000, () => compareRuns(db, { a: idOf(RUNS), b: idOf(RUNS - 1), limit: 200 })],
    "the lock's history": [50, () => listLockHistory(db, { limit: 50 })],
  };
}

async function explain(bench: Bench, book: Database, statements: readonly Statement[]): Promise<void> {
  for (const { text, values } of statements) {
    const lines = await book.sql.unsafe(`explain (analyze, buffers off, timing off) ${text}`, values as never[]);
    for (const line of lines) bench.note(String(line["QUERY PLAN"]));
  }
}

await runBench("What the pages of runs ask", async (bench) => {
  const book = bench.connect(await bench.createDatabase("runs"), 1);
  await fillRuns(book.db);
  await fillChanges(book.db);
  await book.db.execute(sql`analyze`);
  const statements: Statement[] = [];
  const db: Db = drizzle(book.sql, {
    logger: { logQuery: (text, values) => void statements.push({ text, values }) },
  });
  for (const [what, [most, ask]] of Object.entries(listQuestions(db))) {
    await ask();
    statements.length = 0;
    bench.report({ what, value: await timeOf(ask), unit: "ms", most });
    if (isExplained) await explain(bench, book, statements);
  }
});
