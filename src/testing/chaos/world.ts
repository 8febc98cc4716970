import type { Sql } from "postgres";
import type { Principal } from "#/access/principal.ts";
import { openDatabase } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { openQueues } from "#/platform/queue.ts";
import { cancelSync } from "#/sync/jobs/cancel-sync.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { triggerSync } from "#/sync/jobs/trigger-sync.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import { checkTables, type Verdict } from "#/testing/chaos/check-tables.ts";
import type { ChaosPostgres } from "#/testing/chaos/postgres.ts";
import { openPriceSource, type PriceSource } from "#/testing/chaos/price-source.ts";
import { watchTables } from "#/testing/chaos/watch-tables.ts";
import { eventually } from "#/testing/eventually.ts";
import { openFaultProxy, type FaultProxy } from "#/testing/fault-proxy.ts";
import { startProcess, type StartedProcess } from "#/testing/open-stack.ts";

export const TTL_SECONDS = 2;
export const CHAOS_KEY = "chaos-api-key-0123456789";
/** A job that breaks off four times waits for 5, 20 and twice 80 s, each up to a quarter longer, and so do those behind it. */
const LONGEST_RETRIES_MS = 300_000;
const SOURCES = [
  { name: "alpha", delayMs: 150, models: 12 },
  { name: "beta", delayMs: 300, models: 12 },
  { name: "gamma", delayMs: 450, models: 12 },
  { name: "delta", delayMs: 300, models: 12 },
];
const ACTOR: Principal = { kind: "key", id: "chaos", label: "key:chaos", role: "admin" };

/** A real server process with a fault proxy of its own between it and the database. */
export type Server = Readonly<{ process: StartedProcess; proxy: FaultProxy; url: string }>;

export type World = Readonly<{
  sql: Sql;
  /** The database's address on a port of loopback. */
  urlOn: (port: number) => string;
  source: PriceSource;
  /** Every job whose trigger was answered. */
  accepted: string[];
  startServer: (role: "web" | "worker", env?: Readonly<Record<string, string>>) => Promise<Server>;
  stopServer: (server: Server, signal: NodeJS.Signals) => Promise<number | null>;
  /** Those that were started and not stopped. */
  servers: () => readonly Server[];
  /** Queues a sync past all proxies; asks until it is answered. */
  trigger: () => Promise<string>;
  cancel: (jobId: string) => Promise<void>;
  allEnded: (timeoutMs?: number) => Promise<void>;
  /** One sync more, with new prices, once all faults are over. */
  settle: () => Promise<void>;
  /** What the tables say. */
  judge: () => Promise<Verdict>;
  /** Rates that are not what history, pins, ranks and spellings say, in words. */
  listWrongRates: () => Promise<string[]>;
  close: () => Promise<void>;
}>;

/** A database, its sources and its processes for one fault, apart from those of all others. */
export async function openWorld(postgres: ChaosPostgres, name: string): Promise<World> {
  const urlOn = await postgres.createDatabase(name);
  const sql = postgres.connect(urlOn);
  await watchTables(sql);
  const source = await openPriceSource(SOURCES);
  for (const { name: sourceName } of SOURCES)
    await sql`insert into sources (name, kind, url) values (${sourceName}, 'openrouter', ${source.urlOf(sourceName)})`;
  const door = await openFaultProxy(postgres.port);
  const own = openDatabase(urlOn(door.port), { max: 2, name: "chaos" });
  const queues = await openQueues({ url: urlOn(door.port), log: createLog("silent") });
  const queue = await queues.open(SYNC_QUEUE);
  const accepted: string[] = [];
  const servers = new Set<Server>();
  let triggers = 0;

  const world: World = {
    sql,
    urlOn,
    source,
    accepted,
    async startServer(role, env = {}) {
      const proxy = await openFaultProxy(postgres.port);
      const process = await startProcess({
        entry: "src/server.ts",
        ready: role === "web" ? /ready at (\S+)/ : /worker is ready/,
        env: {
          ROLE: role,
          NODE_ENV: "production",
          DATABASE_URL: urlOn(proxy.port),
          HOST: "127.0.0.1",
          PORT: "0",
          LOG_LEVEL: "warn",
          ALLOW_PRIVATE_NETWORK: "true",
          SYNC_LOCK_TTL_SECONDS: String(TTL_SECONDS),
          DRAIN_SECONDS: "0",
          AUTH_SECRET: "s".repeat(40),
          ADMIN_EMAIL: "chaos@example.com",
          ADMIN_PASSWORD: "correct horse battery",
          ADMIN_API_KEY: CHAOS_KEY,
          ...env,
        },
      });
      const server: Server = { process, proxy, url: process.ready };
      servers.add(server);
      return server;
    },
    async stopServer(server, signal) {
      const code = await server.process.stop(signal);
      servers.delete(server);
      await server.proxy.close();
      return code;
    },
    servers: () => [...servers],
    async trigger() {
      triggers += 1;
      const requestId = `own-${triggers}`;
      const { jobId } = await eventually(
        "a trigger is answered",
        () => triggerSync({ db: own.db, queue }, ACTOR, { requestId }).catch(() => undefined),
        60_000,
      );
      accepted.push(jobId);
      return jobId;
    },
    async cancel(jobId) {
      await cancelSync({ db: own.db, queue }, ACTOR, { jobId, reason: "a fault wants it" });
    },
    async allEnded(timeoutMs = LONGEST_RETRIES_MS) {
      await eventually(
        `all jobs of "${name}" end`,
        async () => {
          const [row] = await sql<{ left: number }[]>`
            select count(*)::int as left from pricing_sync_jobs where status in ('queued', 'running')`;
          return row?.left === 0;
        },
        timeoutMs,
      );
    },
    async settle() {
      source.moveOn();
      await world.trigger();
      await world.allEnded();
    },
    async judge() {
      const prices = new Map(SOURCES.map(({ name: sourceName }) => [sourceName, source.pricesOf(sourceName)]));
      return checkTables(sql, { accepted, prices });
    },
    async listWrongRates() {
      const { differences } = await verifyRates(own.db);
      return differences.map(
        ({ seller, model, from, words }) => `rate of ${model} at ${seller} from ${from}: ${words}`,
      );
    },
    async close() {
      for (const server of servers) await world.stopServer(server, "SIGKILL");
      await queues.close();
      await own.close();
      await door.close();
      await sql.end({ timeout: 1 });
      await source.close();
    },
  };
  return world;
}
