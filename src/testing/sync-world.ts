import { eq } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { openMetrics } from "#/open-metrics.ts";
import { startChores } from "#/platform/chores.ts";
import { systemClock } from "#/platform/clock.ts";
import type { Logger } from "pino";
import { createLog } from "#/platform/log.ts";
import { createLifecycle } from "#/platform/lifecycle.ts";
import { openQueues, type QueueOptions } from "#/platform/queue.ts";
import { addSource } from "#/sources/add-source.ts";
import type { SourceKind } from "#/sources/adapter.ts";
import { createFetchSource } from "#/sources/fetch-source.ts";
import { fetchPayload, type FetchOutcome, type FetchPayloadInput } from "#/sources/guarded-fetch.ts";
import { isEnded } from "#/terms/job-status.ts";
import { createLeaseMeter } from "#/sync/lease/lease-meter.ts";
import { openLeaseConnection } from "#/sync/lease/lease-connection.ts";
import { getSync, type SyncDetail } from "#/sync/jobs/list-syncs.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { syncChores } from "#/sync/jobs/sync-chores.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { triggerSync, type TriggerSyncInput } from "#/sync/jobs/trigger-sync.ts";
import { scheduleChore } from "#/schedules/trigger-due-schedules.ts";
import { startWorker, type Worker } from "#/sync/run/worker.ts";
import { eventually } from "#/testing/eventually.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

export const ACTOR: Principal = { kind: "user", id: "u1", label: "ann@example.com", role: "admin" };

type Answer = FetchOutcome | Promise<FetchOutcome>;

/** OpenRouter-shaped document: model id -> USD per token for input and output. */
export function openrouterDocument(prices: Readonly<Record<string, readonly [string, string]>>): string {
  return JSON.stringify({
    data: Object.entries(prices).map(([id, [prompt, completion]]) => ({ id, pricing: { prompt, completion } })),
  });
}

export function fetched(text: string): FetchOutcome {
  return {
    outcome: "fetched",
    text,
    bytes: text.length,
    status: 200,
    finalUrl: "https://prices.example/",
    durationMs: 1,
  };
}

export function failed(message: string): FetchOutcome {
  return { outcome: "failed", code: "http_status", message, status: 500, retryable: true };
}

type WorldOptions = Readonly<{
  leaseMs?: number;
  /** Closed with the world; a database of the file's own when absent. */
  database?: TestDatabase;
  log?: Logger;
}>;

/**
 * Real database, queue, lease and worker. Sources at `NAME.example` are the test's own: `answers` maps their name to what
 * a fetch of them comes to. Any other address is fetched for real. Close it at the end of the file.
 */
export async function openSyncWorld({
  leaseMs = 5_000,
  database: given,
  log = createLog("silent"),
}: WorldOptions = {}) {
  const database = given ?? (await openTestDatabase());
  const { db } = database;
  const answers = new Map<string, (input: FetchPayloadInput) => Answer>();
  const fetchAnswer = async (input: FetchPayloadInput): Promise<FetchOutcome> => {
    const [, name] = /^([\w-]+)\.example$/.exec(new URL(input.url).hostname) ?? [];
    if (name === undefined) return fetchPayload(input);
    const answer = answers.get(name);
    if (answer === undefined) throw new Error(`the test has no answer for ${input.url}`);
    return answer(input);
  };
  const queues = await openQueues({ url: database.url, log });
  const queue = await queues.open(SYNC_QUEUE);
  const closers: (() => Promise<unknown>)[] = [];
  const lifecycle = createLifecycle();
  const metrics = await openMetrics({ databaseUrl: database.url, role: "all", log, lifecycle, freshMs: 0 });
  const leaseMeter = createLeaseMeter(metrics);

  return {
    ...database,
    queues,
    queue,
    /** Of a process that does all, read anew at each scrape. */
    metrics,
    leaseMeter,
    answers,
    async addSource(name: string, answer: (input: FetchPayloadInput) => Answer, kind: SourceKind = "openrouter") {
      answers.set(name, answer);
      return addSource(db, ACTOR, { name, kind, url: `https://${name}.example/` });
    },
    /** Starts a worker with a queue connection of its own, as another process would have. */
    async startWorker(name = "worker/1", queueOptions: Partial<QueueOptions> = {}): Promise<Worker> {
      const own = await openQueues({ url: database.url, log });
      const leaseConnection = openLeaseConnection(database.url);
      const ownQueue = await own.open({ ...SYNC_QUEUE, ...queueOptions });
      const worker = await startWorker({
        db,
        clock: systemClock,
        leaseMs,
        // Waits of milliseconds, so that a source that goes on failing is asked three times at once.
        retryPace: 0.001,
        fetchSource: createFetchSource({
          fetchPayload: fetchAnswer,
          allowPrivateNetwork: true,
          readSecret: () => undefined,
        }),
        queue: ownQueue,
        leaseConnection,
        leaseMeter,
        name,
        log,
      });
      const deps = { db, clock: systemClock, queue: ownQueue, log };
      const chores = startChores(deps, [...syncChores(deps), scheduleChore(deps)]);
      let stopped: Promise<unknown> | undefined;
      const stop = async (drainMs: number) => {
        await (stopped ??= Promise.all([chores.stop(), worker.stop(drainMs)]));
      };
      closers.push(() => stop(0).then(() => Promise.all([leaseConnection.close(), own.close()])));
      return { stop };
    },
    trigger: (input: TriggerSyncInput = {}) => triggerSync({ db, queue }, ACTOR, input),
    async ended(jobId: string): Promise<SyncDetail> {
      return eventually(`sync ${jobId} ends`, async () => {
        const [row] = await db
          .select({ status: pricingSyncJobs.status })
          .from(pricingSyncJobs)
          .where(eq(pricingSyncJobs.jobId, jobId));
        return row !== undefined && isEnded(row.status) && getSync(db, jobId);
      });
    },
    async close() {
      for (const close of closers) await close();
      await lifecycle.close();
      await queues.close();
      await database.close();
    },
  };
}

export type SyncWorld = Awaited<ReturnType<typeof openSyncWorld>>;

/** Lets go when the test says so, or when the run is aborted. */
export function openGate() {
  const gate = Promise.withResolvers<void>();
  return {
    open: () => gate.resolve(),
    wait: (signal: AbortSignal) => {
      const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      return Promise.race([gate.promise, aborted]);
    },
  };
}
