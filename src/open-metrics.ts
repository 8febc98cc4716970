import type { Logger } from "pino";
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import { measureBook } from "#/book/measure-book.ts";
import { systemClock } from "#/platform/clock.ts";
import { openDatabase } from "#/platform/database.ts";
import type { Lifecycle } from "#/platform/lifecycle.ts";
import { measureConnections } from "#/platform/measure-connections.ts";
import { measureQueues } from "#/platform/measure-queues.ts";
import { createMetrics, type Metrics } from "#/platform/metrics.ts";
import { measureRuns } from "#/sync/jobs/measure-runs.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { measureWork } from "#/sync/measure-work.ts";
import { VERSION } from "#/terms/version.ts";

type Options = Readonly<{
  databaseUrl: string;
  role: string;
  log: Logger;
  lifecycle: Pick<Lifecycle, "onClose">;
  freshMs?: number;
}>;

/** Longer than a reading takes of a large book. */
const READING_SILENCE_MS = 10_000;

/** The registry of a process, with all that is read from the database. What a process sees by itself is added where it happens. */
export async function openMetrics({ databaseUrl, role, log, lifecycle, freshMs }: Options): Promise<Metrics> {
  const metrics = createMetrics({
    clock: systemClock,
    log,
    build: { version: VERSION, role },
    ...(freshMs === undefined ? {} : { freshMs }),
  });
  // A scrape does not wait for a connection that other work holds.
  const reading = { max: 1, name: "metrics", timeoutSeconds: 2, silenceMs: READING_SILENCE_MS };
  const { db, close } = openDatabase(databaseUrl, reading);
  lifecycle.onClose("connection of the metrics", close);
  await measureRuns(metrics, db);
  measureWork(metrics, db);
  measureBook(metrics, db);
  measureQueues(metrics, db, [SYNC_QUEUE.name, DELIVERY_QUEUE.name]);
  measureConnections(metrics, db, databaseUrl);
  return metrics;
}
