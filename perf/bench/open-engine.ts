import type { Principal } from "#/access/principal.ts";
import type { Database } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { openQueues } from "#/platform/queue.ts";
import type { SourceKind } from "#/sources/adapter.ts";
import { addSource } from "#/sources/add-source.ts";
import { SYNC_EVENT_CHANNEL } from "#/sync/events/append-event.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { triggerSync } from "#/sync/jobs/trigger-sync.ts";
import { eventually } from "#/testing/eventually.ts";
import type { StartedProcess } from "#/testing/open-stack.ts";
import type { Bench } from "./run-bench.ts";

const ACTOR: Principal = { kind: "system", id: "bench", label: "bench", role: "admin" };
const SLOWEST_RUN_MS = 600_000;

/** What a run came to; its time is from its start to the commit of its end, by the database's clock. */
export type EngineRun = Readonly<{ ms: number; offers: number; changed: number; held: number }>;

/** A worker in a process of its own, and what triggers its runs. Nothing is served meanwhile. */
export type Engine = Readonly<{
  database: Database;
  worker: StartedProcess;
  /** Another one, as on a second machine. */
  startWorker: () => Promise<StartedProcess>;
  trigger: () => Promise<string>;
  /** Triggers a run and waits for its end. Throws when it did not end as a success. */
  run: () => Promise<EngineRun>;
  /** Removes all sources, prices and runs, and adds these sources. */
  begin: (sources: readonly Readonly<{ kind: SourceKind; url: string }>[]) => Promise<void>;
}>;

/** Everything that a first import leaves in the book. */
export const BOOK_TABLES = [
  "source_payloads",
  "model_pricing",
  "model_pricing_history",
  "listing_facts",
  "price_holds",
  "book_versions",
  "rates",
] as const;

/** `leaseSeconds`: how long a worker that is dead keeps the lock; the product's own default when absent. */
export async function openEngine(bench: Bench, name: string, leaseSeconds?: number): Promise<Engine> {
  const databaseUrl = await bench.createDatabase(name);
  const env = leaseSeconds === undefined ? {} : { SYNC_LOCK_TTL_SECONDS: String(leaseSeconds) };
  const startWorker = () => bench.startServer({ databaseUrl, role: "worker", env });
  const worker = await startWorker();
  const database = bench.connect(databaseUrl, 4);
  const { sql, db } = database;
  const queues = await openQueues({ url: databaseUrl, log: createLog("silent") });
  bench.onClose("queues", queues.close);
  const queue = await queues.open(SYNC_QUEUE);
  const trigger = async () => (await triggerSync({ db, queue }, ACTOR, {})).jobId;
  return {
    database,
    worker,
    startWorker,
    trigger,
    run: async () => waitForEnd(database, await trigger()),
    async begin(sources) {
      await sql.unsafe(`truncate ${BOOK_TABLES.join(", ")}, sources, source_orders, pricing_sync_jobs cascade`);
      for (const { kind, url } of sources) await addSource(db, ACTOR, { name: `bench-${kind}`, kind, url });
      await sql.unsafe("vacuum analyze");
    },
  };
}

type JobRow = EngineRun & Readonly<{ status: string; error: string | null }>;

async function waitForEnd({ sql }: Database, jobId: string): Promise<EngineRun> {
  return eventually(
    "the run has ended",
    async () => {
      const [job] = await sql<JobRow[]>`
        select status, error_message as error, extract(epoch from completed_at - started_at)::float8 * 1000 as ms, counted.*
        from pricing_sync_jobs j, lateral (
          select coalesce(sum((counts ->> 'offers')::int), 0)::int as offers,
            coalesce(sum((counts ->> 'changed')::int), 0)::int as changed, coalesce(sum((counts ->> 'held')::int), 0)::int as held
          from pricing_sync_log l where l.job_id = j.job_id) counted
        where job_id = ${jobId}`;
      if (job === undefined || /queued|running/.test(job.status)) return undefined;
      if (job.status !== "success") throw new Error(`the run ended as ${job.status}: ${job.error ?? ""}`);
      return job;
    },
    SLOWEST_RUN_MS,
  );
}

/** Waits until these runs have ended, however. */
export async function waitForRuns({ database: { sql } }: Engine, jobIds: readonly string[]): Promise<void> {
  await eventually(
    "the runs have ended",
    async () => {
      const [row] = await sql<{ left: number }[]>`
        select count(*)::int as left from pricing_sync_jobs
        where job_id = any(${[...jobIds]}::uuid[]) and status in ('queued', 'running')`;
      return row?.left === 0;
    },
    SLOWEST_RUN_MS,
  );
}

/** Answers what triggers a run and says how many milliseconds after its commit it was running. */
export async function hearRuns({
  database: { sql },
  trigger,
}: Engine): Promise<() => Promise<{ jobId: string; ms: number }>> {
  const heard = new Map<string, number>();
  let onRunning: (at: number) => void = () => {};
  await sql.listen(SYNC_EVENT_CHANNEL, (jobId) => {
    const times = (heard.get(jobId) ?? 0) + 1;
    heard.set(jobId, times);
    // The first tells that it is queued, the second that it runs.
    if (times === 2) onRunning(performance.now());
  });
  return async () => {
    const running = Promise.withResolvers<number>();
    onRunning = running.resolve;
    const jobId = await trigger();
    const committedAt = performance.now();
    return { jobId, ms: (await running.promise) - committedAt };
  };
}
