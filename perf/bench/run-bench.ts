import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openDatabase, type Database } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { createLifecycle, type Lifecycle } from "#/platform/lifecycle.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { startProcess, STACK_KEY, type StartedProcess } from "#/testing/open-stack.ts";
import { formatFigure, isMet, type Figure } from "../figure.ts";
import { describeMachine } from "../machine.ts";

type ServerOptions = Readonly<{
  databaseUrl: string;
  role: "all" | "web" | "worker";
  env?: Readonly<Record<string, string>>;
}>;

/** What a bench measures with. Whatever it opens is closed at its end, in reverse order. */
export type Bench = Readonly<{
  /** Fewer rounds and less data, for a look while one works. */
  isQuick: boolean;
  seed: number;
  /** Removed at the end. */
  folder: string;
  report: (figure: Figure) => void;
  /** A line without a verdict. */
  note: (words: string) => void;
  onClose: Lifecycle["onClose"];
  /** A new database without tables; answers its URL. */
  createEmptyDatabase: (name: string) => Promise<string>;
  /** A new and migrated database; answers its URL. */
  createDatabase: (name: string) => Promise<string>;
  connect: (databaseUrl: string, max?: number) => Database;
  /** One of the project's programs; `ready` is what it prints when it can be measured. */
  start: (options: Parameters<typeof startProcess>[0]) => Promise<StartedProcess>;
  /** Our server in production; its `ready` is its address unless it is a worker, which has none. */
  startServer: (options: ServerOptions) => Promise<StartedProcess>;
}>;

/** A bench that runs on a busy machine fails only far beyond its target. */
const SHORT_SLACK = 2;
const NO_LIMIT = "1000000000";

/**
 * Runs one bench on a Postgres of its own, prints its figures, and leaves exit code 1 when a target is missed.
 * `--quick` measures less, `--seed N` chooses other data, and `--short` is the quick form that judges ratios alone, each against
 * twice its target.
 */
export async function runBench(title: string, work: (bench: Bench) => Promise<void>): Promise<void> {
  // A bench may have options of its own.
  const { values } = parseArgs({
    strict: false,
    options: { quick: { type: "boolean" }, short: { type: "boolean" }, seed: { type: "string", default: "7" } },
  });
  const isShort = values["short"] === true;
  const isQuick = isShort || values["quick"] === true;
  const seed = Number(values["seed"]);
  const { commit, node, machine } = describeMachine();
  const note = (words: string) => void process.stdout.write(`        ${words}\n`);
  process.stdout.write(`\n${title}\n`);
  note(`commit ${commit}, seed ${seed}, Node ${node}, ${machine}${isQuick ? ", quick form" : ""}`);
  const lifecycle = createLifecycle();
  try {
    const bench = await openBench(lifecycle);
    const report = (figure: Figure) => printFigure(figure, isShort);
    await work({ ...bench, isQuick, seed, report, note });
  } finally {
    await lifecycle.close();
  }
}

function printFigure(figure: Figure, isShort: boolean): void {
  const { value, unit, most, least } = figure;
  if (isMet(figure)) return void process.stdout.write(`  ok      ${formatFigure(figure)}\n`);
  const isForgiven =
    isShort &&
    (unit !== "x" || (most !== undefined ? value <= most * SHORT_SLACK : value * SHORT_SLACK >= (least ?? 0)));
  if (!isForgiven) process.exitCode = 1;
  process.stdout.write(`  ${isForgiven ? "over  " : "MISSED"}  ${formatFigure(figure)}\n`);
}

async function openBench({ onClose }: Lifecycle): Promise<Omit<Bench, "isQuick" | "seed" | "report" | "note">> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-bench-"));
  onClose("folder", () => rm(folder, { recursive: true, force: true }));
  const postgres = await openEmbeddedPostgres(folder);
  onClose("Postgres", postgres.close);

  function connect(databaseUrl: string, max = 2): Database {
    const database = openDatabase(databaseUrl, { max, name: "bench" });
    onClose("database", database.close);
    return database;
  }
  const admin = connect(postgres.url, 1);
  const start: Bench["start"] = async (options) => {
    const started = await startProcess(options);
    onClose("process", () => started.stop());
    return started;
  };
  async function createEmptyDatabase(name: string): Promise<string> {
    await admin.sql.unsafe(`create database ${name}`);
    const url = new URL(postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  }
  return {
    folder,
    onClose,
    connect,
    start,
    createEmptyDatabase,
    async createDatabase(name) {
      const databaseUrl = await createEmptyDatabase(name);
      await migrateDatabase(databaseUrl);
      return databaseUrl;
    },
    startServer: ({ databaseUrl, role, env = {} }) =>
      start({
        entry: "src/server.ts",
        ready: role === "worker" ? /worker is ready/ : /ready at (\S+)/,
        env: {
          NODE_ENV: "production",
          LOG_LEVEL: "warn",
          ROLE: role,
          PORT: "0",
          HOST: "127.0.0.1",
          DATABASE_URL: databaseUrl,
          RATEBOOK_DATA_DIR: folder,
          ADMIN_API_KEY: STACK_KEY,
          ALLOW_PRIVATE_NETWORK: "true",
          PRICE_READS_PER_MINUTE: NO_LIMIT,
          REQUESTS_PER_MINUTE: NO_LIMIT,
          ...env,
        },
      }),
  };
}
