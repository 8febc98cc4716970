import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import { openEmbeddedPostgres, type EmbeddedPostgres, type PostgresPrograms } from "#/platform/embedded-postgres.ts";
import { createLog } from "#/platform/log.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { openQueues } from "#/platform/queue.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { openFaultProxy } from "#/testing/fault-proxy.ts";

export type ChaosPostgres = Readonly<{
  /** As the server itself says it. */
  version: string;
  /** The server's port now; another one after a restart. */
  port: () => number;
  /** A new migrated database. Answers its address on a given port of loopback. */
  createDatabase: (name: string) => Promise<(port: number) => string>;
  /** A connection of the suite's own, past every fault proxy. */
  connect: (urlOn: (port: number) => string) => Sql;
  stop: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}>;

const TEMPLATE = "chaos_template";

/**
 * A real Postgres that the suite stops and starts as it likes, in a folder that is removed at the end: the embedded one, or
 * that of other `programs`.
 */
export async function openChaosPostgres(programs?: PostgresPrograms): Promise<ChaosPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-chaos-"));
  let server: EmbeddedPostgres | undefined = await openEmbeddedPostgres(folder, programs);
  const firstUrl = new URL(server.url);
  let port = Number(firstUrl.port);
  // A restarted server has another port; this one address always leads to it.
  const door = await openFaultProxy(() => port);
  const urlOn = (database: string) => (onPort: number) => {
    const url = new URL(firstUrl);
    url.port = String(onPort);
    url.pathname = `/${database}`;
    return url.href;
  };
  const connect = (on: (port: number) => string) => postgres(on(door.port), { max: 2, onnotice: () => {} });
  const admin = connect(urlOn("postgres"));
  const [shown] = await admin<{ server_version: string }[]>`show server_version`;
  await admin.unsafe(`create database ${TEMPLATE}`);
  const template = urlOn(TEMPLATE)(port);
  await migrateDatabase(template);
  const queues = await openQueues({ url: template, log: createLog("silent") });
  for (const queue of [SYNC_QUEUE, DELIVERY_QUEUE]) await queues.open(queue);
  await queues.close();

  return {
    version: shown?.server_version ?? "of unknown version",
    port: () => port,
    async createDatabase(name) {
      const database = `chaos_${name.toLowerCase().replaceAll(/\W/g, "_")}_${randomBytes(3).toString("hex")}`;
      await admin.unsafe(`create database ${database} template ${TEMPLATE} strategy file_copy`);
      return urlOn(database);
    },
    connect,
    async stop() {
      await server?.close();
      server = undefined;
    },
    async start() {
      server = await openEmbeddedPostgres(folder, programs);
      port = Number(new URL(server.url).port);
    },
    async close() {
      await admin.end({ timeout: 1 });
      await door.close();
      await server?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
