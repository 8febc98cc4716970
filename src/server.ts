import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { NewLogin } from "#/access/first-admin.ts";
import { loadAuthSecret } from "#/access/auth-secret.ts";
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import { alertChores } from "#/alerts/alert-chores.ts";
import { startDeliveries } from "#/alerts/start-deliveries.ts";
import { readConfig, type Config } from "#/config.ts";
import { openMetrics } from "#/open-metrics.ts";
import { prepareDatabase } from "#/platform/check-database.ts";
import { startChores } from "#/platform/chores.ts";
import { systemClock } from "#/platform/clock.ts";
import { openDatabase } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { AppError } from "#/platform/errors.ts";
import { explainStartFailure } from "#/platform/explain-start-failure.ts";
import { createLifecycle, type Lifecycle } from "#/platform/lifecycle.ts";
import { createLog } from "#/platform/log.ts";
import { buildRates } from "#/book/build-rates.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { openQueues } from "#/platform/queue.ts";
import { runMain } from "#/platform/run-main.ts";
import { stopOnSignals } from "#/platform/stop-on-signals.ts";
import type { Served } from "#/web.ts";
import type { SourceKind } from "#/sources/adapter.ts";
import { createFetchSource } from "#/sources/fetch-source.ts";
import { fetchPayload } from "#/sources/guarded-fetch.ts";
import { seedSources } from "#/sources/seed-sources.ts";
import { syncChores } from "#/sync/jobs/sync-chores.ts";
import { scheduleChore } from "#/schedules/trigger-due-schedules.ts";
import { seedSchedules } from "#/schedules/seed-schedules.ts";
import { createLeaseMeter } from "#/sync/lease/lease-meter.ts";
import { openLeaseConnection } from "#/sync/lease/lease-connection.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { startWorker } from "#/sync/run/worker.ts";

export type RunningServer = Readonly<{
  /** Where the dashboard is; absent for a worker, which serves no pages. */
  url: string | undefined;
  /** Where a worker answers its probes and `/metrics`, if it does. */
  probesUrl: string | undefined;
  databaseUrl: string;
  /** A login that was made just now and is told this once. */
  newLogin: NewLogin | undefined;
  close: () => Promise<void>;
}>;

/** A run's own statements are ended by the database after 30 s, or after the lease's time where that is longer. */
const SLOWEST_STATEMENT_MS = 45_000;

type Options = Readonly<{
  sourceUrls?: Partial<Record<SourceKind, string>>;
  dev?: boolean;
  /** 1 is the usual pace of a worker's waits between its attempts; less is quicker. */
  retryPace?: number;
}>;
type Opening = Readonly<{ config: Config; options: Options; lifecycle: Lifecycle; log: Logger }>;

/** Opens everything in order; what was opened is closed again, in reverse, when a later step fails. */
export async function startServer(config: Config, options: Options = {}): Promise<RunningServer> {
  const lifecycle = createLifecycle();
  try {
    return await open({ config, options, lifecycle, log: createLog(config.logLevel) });
  } catch (error) {
    await lifecycle.close();
    throw explainStartFailure(error, config);
  }
}

async function open(opening: Opening): Promise<RunningServer> {
  const { config, lifecycle, log } = opening;
  // First, so that the last spans of all that is closed are sent.
  if (config.traces) lifecycle.onClose("traces", (await import("#/platform/open-traces.ts")).openTraces(log).close);
  const parts = await openParts(opening);
  const { db, queue, alerts } = parts;
  const draining = new AbortController();
  const isWorker = config.role === "worker";
  const served = isWorker ? undefined : await serve(opening, parts, draining.signal);
  if (config.role !== "web") await work(opening, parts);
  const probesUrl = isWorker ? await answerProbes(opening, parts, draining.signal) : undefined;
  const syncs = { db, queue, log };
  const chores = [...syncChores(syncs), scheduleChore(syncs), ...alertChores(alerts)];
  lifecycle.onClose("chores", startChores({ db, clock: systemClock, log }, chores).stop);
  lifecycle.onClose("readiness and streams", () =>
    draining.abort(new AppError("UNAVAILABLE", "The server is shutting down")),
  );
  const { databaseUrl } = parts;
  return { url: served?.address, probesUrl, databaseUrl, newLogin: served?.newLogin, close: lifecycle.close };
}

type Parts = Awaited<ReturnType<typeof openParts>>;

/** What every role needs: the database with its first rows, the queues, and what reads sources and tells of alerts. */
async function openParts({ config, options, lifecycle, log }: Opening) {
  const databaseUrl = await prepareDatabase(config.databaseUrl ?? (await openDatabaseServer(config, lifecycle)), log);
  await migrateDatabase(databaseUrl);
  const silenceMs = SLOWEST_STATEMENT_MS + config.leaseMs;
  const database = openDatabase(databaseUrl, { max: 10, name: config.role, silenceMs });
  lifecycle.onClose("database pool", database.close);
  const { db } = database;
  await buildRates(db, log);
  await seedSources(db, options.sourceUrls);
  await seedSchedules(db);

  const { allowPrivateNetwork, readSecret, publicUrl } = config;
  const fetchSource = createFetchSource({ fetchPayload, allowPrivateNetwork, readSecret });
  const queues = await openQueues({ url: databaseUrl, log });
  lifecycle.onClose("queues", queues.close);
  const queue = await queues.open(SYNC_QUEUE);
  const deliveries = await queues.open(DELIVERY_QUEUE);
  const secret = await loadAuthSecret(config.authSecret, config.dataDir);
  const alerts = { db, clock: systemClock, deliveries, secret, allowPrivateNetwork, publicUrl, log };
  const metrics = await openMetrics({ databaseUrl, role: config.role, log, lifecycle });
  return { databaseUrl, db, queue, deliveries, fetchSource, alerts, metrics };
}

async function openDatabaseServer({ dataDir }: Config, lifecycle: Lifecycle): Promise<string> {
  const server = await openEmbeddedPostgres(dataDir);
  lifecycle.onClose("embedded Postgres", server.close);
  return server.url;
}

async function serve({ config, options, lifecycle }: Opening, parts: Parts, draining: AbortSignal): Promise<Served> {
  // A worker does without: it is half of all there is to load.
  const web = await import("#/web.ts");
  const { db, queue, fetchSource, alerts, databaseUrl, metrics } = parts;
  const isDevelopment = options.dev ?? false;
  const opened = { config, databaseUrl, metrics, isDevelopment, lifecycle };
  return web.openWeb({ db, queue, fetchSource, alerts, draining, ...opened });
}

async function work({ config, options, lifecycle, log }: Opening, parts: Parts): Promise<void> {
  const { db, queue, fetchSource, databaseUrl, alerts, deliveries, metrics } = parts;
  const leaseConnection = openLeaseConnection(databaseUrl);
  lifecycle.onClose("lease connection", leaseConnection.close);
  const worker = await startWorker({
    db,
    clock: systemClock,
    leaseMs: config.leaseMs,
    retryPace: options.retryPace ?? 1,
    fetchSource,
    queue,
    leaseConnection,
    leaseMeter: createLeaseMeter(metrics),
    name: `${hostname()}/${process.pid}`,
    log,
  });
  lifecycle.onClose("worker", () => worker.stop(config.drainMs));
  lifecycle.onClose("webhook deliveries", (await startDeliveries(alerts, deliveries)).stop);
}

async function answerProbes({ config, lifecycle, log }: Opening, parts: Parts, draining: AbortSignal) {
  if (config.metricsPort === undefined) return undefined;
  const { openProbes } = await import("#/probes.ts");
  const { db, metrics, queue } = parts;
  const { isWorking } = queue;
  return openProbes(config.metricsPort, { config, db, metrics, log, lifecycle, draining, isWorking });
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const server = await startServer(config, { dev: process.env["NODE_ENV"] === "development" });
  // Before anybody is told that it is ready, and may ask it to stop.
  stopOnSignals(server.close);
  const where =
    server.url === undefined ? `Ratebook's worker is ready${probesAt(server)}` : `Ratebook is ready at ${server.url}`;
  process.stdout.write(`${where}\n`);
  if (server.newLogin !== undefined) {
    const { email, password } = server.newLogin;
    process.stdout.write(
      `The first admin was created. This is shown once:\n  e-mail    ${email}\n  password  ${password}\n`,
    );
  }
}

function probesAt({ probesUrl }: RunningServer): string {
  return probesUrl === undefined ? "" : `, with its probes at ${probesUrl}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  runMain(main);
}
