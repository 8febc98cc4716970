import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { createMarketClient, type MarketClient } from "#/market/market-client.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { openFaultProxy } from "#/testing/fault-proxy.ts";
import { startProcess, STACK_KEY } from "#/testing/open-stack.ts";
import { addMarketSources, createStackApi, type StackApi } from "#/testing/stack-api.ts";
import { readMemory } from "../read-memory.ts";

/** A Ratebook that is measured. */
export type Place = Readonly<{
  url: string;
  key: string;
  api: StackApi;
  /** Undefined when somebody else has started it. */
  own: OwnPlace | undefined;
  close: () => Promise<void>;
}>;

/** What can be done with a Ratebook, a market and a database that the suite has started itself. */
export type OwnPlace = Readonly<{
  market: MarketClient;
  /** Connections of the server to the database. */
  countConnections: () => Promise<number>;
  /** Memory in MiB and open files of the server's process (Linux). */
  readProcess: () => Promise<Readonly<{ mib: number; files: number }>>;
  kill: () => Promise<void>;
  start: () => Promise<void>;
  stopDatabase: () => Promise<void>;
  startDatabase: () => Promise<void>;
}>;

/** A Ratebook that runs already. */
export function connectPlace(url: string, key: string): Place {
  return { url, key, api: createStackApi(url, key), own: undefined, close: async () => {} };
}

const MODELS = 320;
/** The suite asks more often in a minute than a client would. */
const NO_LIMIT = "100000000";

/** A Ratebook in its production build, with a simulated market and a database of its own, in a folder that is removed at the end. */
export async function openOwnPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-perf-"));
  const database = await openOwnDatabase(folder);
  const market = await startProcess({
    entry: "src/market/main.ts",
    args: ["--models", String(MODELS)],
    ready: /"url":"([^"]+)"/,
  });
  const { url, close: closeServer, ...server } = await openOwnServer({ folder, databaseUrl: database.url });
  const api = createStackApi(url);
  await addMarketSources(api, market.ready);
  await api.sync();
  const { sql, stop: stopDatabase, start: startDatabase } = database;
  return {
    url,
    key: STACK_KEY,
    api,
    own: {
      ...server,
      market: createMarketClient(market.ready),
      stopDatabase,
      startDatabase,
      async countConnections() {
        const [row] = await sql<{ count: number }[]>`
          select count(*)::int as count from pg_stat_activity
          where datname = current_database() and application_name <> 'perf' and backend_type = 'client backend'`;
        return row?.count ?? Number.NaN;
      },
    },
    async close() {
      await closeServer();
      await market.stop();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openOwnDatabase(folder: string) {
  let server = await openEmbeddedPostgres(folder);
  // A restarted database has another port; this one address always leads to it.
  const door = await openFaultProxy(() => Number(new URL(server.url).port));
  const url = new URL(server.url);
  url.port = String(door.port);
  const sql = postgres(url.href, { max: 1, onnotice: () => {}, connection: { application_name: "perf" } });
  return {
    url: url.href,
    sql,
    stop: () => server.close(),
    start: async () => void (server = await openEmbeddedPostgres(folder)),
    async close() {
      await sql.end({ timeout: 1 });
      await door.close();
      await server.close();
    },
  };
}

/** The same address after each start. */
async function openOwnServer({ folder, databaseUrl }: Readonly<{ folder: string; databaseUrl: string }>) {
  let port = "0";
  const startServer = () =>
    startProcess({
      entry: "src/server.ts",
      ready: /ready at (\S+)/,
      env: {
        NODE_ENV: "production",
        LOG_LEVEL: "warn",
        RATEBOOK_DATA_DIR: folder,
        DATABASE_URL: databaseUrl,
        HOST: "127.0.0.1",
        PORT: port,
        ADMIN_API_KEY: STACK_KEY,
        ALLOW_PRIVATE_NETWORK: "true",
        SYNC_LOCK_TTL_SECONDS: "5",
        PRICE_READS_PER_MINUTE: NO_LIMIT,
        REQUESTS_PER_MINUTE: NO_LIMIT,
      },
    });
  let server = await startServer();
  const url = server.ready;
  port = new URL(url).port;
  return {
    url,
    readProcess: () => readProcess(server.child.pid ?? 0),
    kill: async () => void (await server.stop("SIGKILL")),
    start: async () => void (server = await startServer()),
    close: () => server.stop(),
  };
}

async function readProcess(pid: number): Promise<{ mib: number; files: number }> {
  const { mib } = await readMemory(pid);
  return { mib, files: (await readdir(`/proc/${pid}/fd`)).length };
}

/** Throws for a Ratebook that somebody else has started. */
export function ownOf({ own }: Place): OwnPlace {
  if (own === undefined) throw new Error("this needs a Ratebook that the suite has started itself");
  return own;
}
