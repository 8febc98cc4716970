import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NODE_FLAGS } from "#/node-flags.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

export type StartedProcess = Readonly<{
  child: ChildProcess;
  /** What `ready` captured from the line that said so. */
  ready: string;
  /** Everything it has printed so far. */
  output: () => string;
  /** Sends a signal and waits for the end; answers the exit code. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}>;

type StartOptions = Readonly<{
  entry: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  ready: RegExp;
}>;

// None outlives a run that breaks off before it could stop them.
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts one of the project's own programs as a real process, and waits for the line that says it is ready. */
export async function startProcess({ entry, args = [], env = {}, ready }: StartOptions): Promise<StartedProcess> {
  const child = spawn(process.execPath, [...NODE_FLAGS, entry, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let output = "";
  const exit = once(child, "exit");
  const { TEST_LOG_FOLDER: logFolder } = process.env;
  const line = await new Promise<string>((resolve, reject) => {
    let isReady = false;
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      if (logFolder !== undefined) appendFileSync(join(logFolder, `${child.pid}.log`), chunk);
      const match = isReady ? null : ready.exec(output);
      if (match === null) return;
      isReady = true;
      resolve(match[1] ?? match[0]);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("exit", (code) => reject(new Error(`${entry} ended with ${code} before it was ready:\n${output}`)));
  });
  return {
    child,
    ready: line,
    output: () => output,
    async stop(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await exit;
      }
      return child.exitCode;
    },
  };
}

export const STACK_KEY = "stack-api-key-0123456789";
export const STACK_LOGIN = { email: "operator@example.com", password: "correct horse battery" };

export type Stack = Readonly<{
  /** Where the server is; the same after a restart. */
  url: string;
  marketUrl: string;
  server: () => StartedProcess;
  /** Ends the server with a signal and starts it again on the same port and data. */
  restart: (signal: NodeJS.Signals) => Promise<void>;
  close: () => Promise<void>;
}>;

/** The product and a market as real processes, on ephemeral ports, with data in a folder that is removed at the end. */
export async function openStack({
  models = 320,
  env = {},
}: { models?: number; env?: Readonly<Record<string, string>> } = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-stack-"));
  const market = await startProcess({
    entry: "src/market/main.ts",
    args: ["--models", String(models)],
    ready: /"url":"([^"]+)"/,
  });
  let port = "0";
  const start = () =>
    startProcess({
      entry: "src/server.ts",
      ready: /ready at (\S+)/,
      env: {
        NODE_ENV: "production",
        // Nobody waits for the lines, and no secret may stand in any.
        LOG_LEVEL: "debug",
        RATEBOOK_DATA_DIR: folder,
        PORT: port,
        ADMIN_EMAIL: STACK_LOGIN.email,
        ADMIN_PASSWORD: STACK_LOGIN.password,
        ADMIN_API_KEY: STACK_KEY,
        ALLOW_PRIVATE_NETWORK: "true",
        SYNC_LOCK_TTL_SECONDS: "5",
        ...env,
      },
    });
  let server = await start();
  const url = server.ready;
  port = new URL(url).port;
  return {
    url,
    marketUrl: market.ready,
    server: () => server,
    async restart(signal) {
      await server.stop(signal);
      server = await start();
    },
    async close() {
      await server.stop();
      await market.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
