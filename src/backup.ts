import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { getTableName } from "drizzle-orm";
import { authSessions, authVerifications } from "#/access/schema.ts";
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import { sendPendingDeliveries } from "#/alerts/send-pending-deliveries.ts";
import { plural } from "#/cli/format-table.ts";
import { createBottomLine, formatReading } from "#/cli/progress-bar.ts";
import { readConfig, type Config } from "#/config.ts";
import { prepareDatabase } from "#/platform/check-database.ts";
import { openDatabase } from "#/platform/database.ts";
import { findEmbeddedPostgres, openEmbeddedPostgres, type EmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { AppError } from "#/platform/errors.ts";
import { explainStartFailure } from "#/platform/explain-start-failure.ts";
import { createLog } from "#/platform/log.ts";
import { openQueues } from "#/platform/queue.ts";
import { restoreBackup } from "#/platform/restore-backup.ts";
import { runMain } from "#/platform/run-main.ts";
import { writeBackup } from "#/platform/write-backup.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { sendQueuedJobs } from "#/sync/jobs/send-queued-jobs.ts";
import { syncWorkers } from "#/sync/schema.ts";

/** What counts only where it was written: who is signed in, and which workers live. */
const LEFT_OUT = [authSessions, authVerifications, syncWorkers].map(getTableName);

type Result = Readonly<{ file: string; tables: number; rows: number }>;
/** Redraws the progress bar; `share` is of the whole. */
type ShowProgress = (share: number, words: string) => void;
type Task = Readonly<{ config: Config; file: string; show: ShowProgress }>;

async function backUp({ config, file, show }: Task): Promise<Result> {
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());
  const server = await findDatabase(config);
  const { db, close } = openDatabase(server.url, { max: 1, name: "backup" });
  try {
    const counts = await writeBackup(db, {
      file,
      leaveOut: LEFT_OUT,
      signal: interruption.signal,
      onProgress: ({ share, table, rows }) => show(share, `${table}, ${plural(rows, "row")}`),
    });
    return { file, ...counts };
  } finally {
    await close();
    await server.close();
  }
}

/** The database to read; the embedded one is started where no Ratebook runs on its folder. */
async function findDatabase({ databaseUrl, dataDir }: Config): Promise<EmbeddedPostgres> {
  const url = databaseUrl ?? (await findEmbeddedPostgres(dataDir));
  if (url !== undefined) return { url, close: async () => {} };
  if (existsSync(join(dataDir, "postgres"))) return openEmbeddedPostgres(dataDir);
  throw new AppError(
    "NOT_FOUND",
    `There is no database in ${dataDir}. Name its folder in RATEBOOK_DATA_DIR, or a database of your own in DATABASE_URL`,
  );
}

async function restore({ config, file, show }: Task): Promise<Result> {
  const log = createLog("warn");
  const server = await openEmptyDatabase(config);
  try {
    const url = await prepareDatabase(server.url, log);
    const onProgress = ({ share, words }: { share: number; words: string }) => show(share, words);
    const { tables, rows } = await restoreBackup(url, { file, onProgress });
    await fillQueues(url);
    return { file, tables, rows };
  } finally {
    await server.close();
  }
}

async function openEmptyDatabase({ databaseUrl, dataDir }: Config): Promise<EmbeddedPostgres> {
  if (databaseUrl !== undefined) return { url: databaseUrl, close: async () => {} };
  if ((await findEmbeddedPostgres(dataDir)) === undefined) return openEmbeddedPostgres(dataDir);
  throw new AppError(
    "CONFLICT",
    `A Ratebook is running on ${dataDir}. Stop it, or set RATEBOOK_DATA_DIR to a new folder`,
  );
}

async function fillQueues(url: string): Promise<void> {
  const queues = await openQueues({ url, log: createLog("warn") });
  const { db, close } = openDatabase(url, { max: 1, name: "restore" });
  try {
    await sendQueuedJobs({ db, queue: await queues.open(SYNC_QUEUE) });
    await sendPendingDeliveries({ db, deliveries: await queues.open(DELIVERY_QUEUE) });
  } finally {
    await close();
    await queues.close();
  }
}

const TASKS = {
  backup: {
    run: backUp,
    describe: ({ file, tables, rows }: Result) =>
      `${plural(rows, "row")} of ${plural(tables, "table")} are in ${file}. AUTH_SECRET is not: keep it elsewhere (see docs/backup.md).\n`,
  },
  restore: {
    run: restore,
    describe: ({ file, tables, rows }: Result) =>
      `${plural(rows, "row")} of ${plural(tables, "table")} were restored from ${file}. Start Ratebook with the AUTH_SECRET it had before (see docs/backup.md), then check: ratebook rates verify\n`,
  },
} as const;

function findTask(word = ""): (typeof TASKS)[keyof typeof TASKS] {
  if (word === "backup" || word === "restore") return TASKS[word];
  throw new AppError("INVALID", `Say backup or restore, not "${word}"`);
}

async function main(): Promise<void> {
  const [word, ...rest] = process.argv.slice(2);
  const task = findTask(word);
  const name = rest.find((argument) => argument !== "--json");
  if (name === undefined) throw new AppError("INVALID", "Name the file");
  const config = readConfig(process.env);
  const bottom = createBottomLine(process.stderr);
  const started = performance.now();
  const show: ShowProgress = (share, words) =>
    bottom.show(
      formatReading({ share, words, elapsedSeconds: (performance.now() - started) / 1_000 }, process.stderr.columns),
    );
  const result = await task
    .run({ config, file: resolve(name), show })
    .catch((error: unknown) => {
      throw explainStartFailure(error, config);
    })
    .finally(bottom.clear);
  process.stdout.write(rest.includes("--json") ? `${JSON.stringify(result, null, 2)}\n` : task.describe(result));
}

runMain(main);
