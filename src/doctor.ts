import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { listChecks } from "#/api/list-checks.ts";
import { createPaint } from "#/cli/create-paint.ts";
import { formatChecks } from "#/cli/format-checks.ts";
import { readConfig, type Config } from "#/config.ts";
import type { Check } from "#/platform/check-database.ts";
import { checkDisk, checkNode, checkPort, checkPublicUrl } from "#/platform/check-machine.ts";
import { openDatabase, type Db } from "#/platform/database.ts";
import { describeTarget, readDatabaseUrl } from "#/platform/database-url.ts";
import { findEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { AppError } from "#/platform/errors.ts";
import { explainDatabaseError } from "#/platform/explain-database-error.ts";
import { listWorkers } from "#/sync/run/announce-worker.ts";
import { runMain } from "#/platform/run-main.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Every check in order; what stands on a failed one is left out. Writes nothing. */
async function examine(env: Environment): Promise<Check[]> {
  const config = readSettings(env);
  if (typeof config === "string") return [{ name: "settings", passed: false, words: config }];
  const settings = { name: "settings", passed: true, words: "every setting can be read" };
  return [settings, ...(await examineMachine(config)), ...(await examineDatabase(config))];
}

function readSettings(env: Environment): Config | string {
  try {
    return readConfig(env);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function examineMachine({ dataDir, databaseUrl, host, port, publicUrl }: Config): Promise<Check[]> {
  return [
    checkNode(process.versions.node),
    await checkFolder(dataDir),
    ...(databaseUrl === undefined ? [await checkDisk(dataDir)] : []),
    await checkPort({ host, port }),
    await checkPublicUrl(publicUrl),
  ];
}

async function checkFolder(dataDir: string): Promise<Check> {
  const problem = await access(dataDir, constants.W_OK).catch((error: NodeJS.ErrnoException) => error);
  const isMissing = problem?.code === "ENOENT";
  const found = isMissing ? `${dataDir} is not there yet; the first start makes it` : dataDir;
  const passed = problem === undefined || isMissing;
  return { name: "folder", passed, words: passed ? found : `Ratebook may not write to ${dataDir} (${problem.code})` };
}

async function examineDatabase(config: Config): Promise<Check[]> {
  const { databaseUrl, dataDir } = config;
  const url = databaseUrl ?? (await findEmbeddedPostgres(dataDir));
  if (url === undefined) {
    const words = `No Ratebook runs on ${dataDir}, so its own Postgres does not run either. Start it with: npm start`;
    return [{ name: "server", passed: false, words }];
  }
  try {
    return await examineServer(config, url);
  } catch (error) {
    const known = error instanceof AppError ? error : explainDatabaseError(error, url);
    if (known === undefined) throw error;
    return [{ name: "server", passed: false, words: known.message }];
  }
}

async function examineServer(config: Config, url: string): Promise<Check[]> {
  const server = { name: "server", passed: true, words: `${describeTarget(readDatabaseUrl(url))} answers` };
  const { db, close } = openDatabase(url, { max: 1, name: "doctor" });
  try {
    const checks = await listChecks(db);
    const hasTables = checks.every(({ name, passed }) => name !== "schema" || passed);
    return [server, ...(hasTables ? [await checkSecret(config, db)] : []), ...checks];
  } finally {
    await close();
  }
}

/** Every machine makes a secret of its own when it is given none. */
async function checkSecret({ authSecret, databaseUrl, dataDir }: Config, db: Db): Promise<Check> {
  const name = "secret";
  if (authSecret !== undefined) return { name, passed: true, words: "AUTH_SECRET is set" };
  const alive = (await listWorkers(db)).filter(({ isAlive }) => isAlive);
  const hosts = new Set(alive.map((worker) => worker.name.replace(/\/\d+$/, "")));
  hosts.delete(hostname());
  const others = [...hosts].join(", ");
  const words =
    databaseUrl === undefined || hosts.size === 0
      ? `it is kept in ${join(dataDir, "auth.secret")}; several machines need one AUTH_SECRET`
      : `AUTH_SECRET is not set, and Ratebook runs on other machines too (${others}), which can't read each other's sessions and webhooks. Set the same one on all of them`;
  return { name, passed: databaseUrl === undefined || hosts.size === 0, words };
}

runMain(async () => {
  const checks = await examine(process.env);
  const passed = checks.every((check) => check.passed);
  const isJson = process.argv.includes("--json");
  const paint = createPaint(process.stdout, process.env);
  process.stdout.write(isJson ? `${JSON.stringify({ passed, checks }, null, 2)}\n` : formatChecks(checks, paint));
  process.exitCode = passed ? 0 : 1;
});
