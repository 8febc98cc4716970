import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { startProcess } from "#/testing/open-stack.ts";

let folder: string;
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratebook-server-"));
});
test.afterEach(() => rm(folder, { recursive: true, force: true }));

function environment(more: Record<string, string> = {}): Record<string, string> {
  return { NODE_ENV: "production", LOG_LEVEL: "warn", RATEBOOK_DATA_DIR: folder, PORT: "0", ...more };
}

async function runToEnd(env: Record<string, string>): Promise<{ code: number | null; words: string }> {
  const child = spawn(process.execPath, ["src/server.ts"], { env: { ...process.env, ...env } });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, words };
}

test("whoever starts it on a busy port is told which, and what to do", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const { code, words } = await runToEnd(environment({ PORT: String(port) }));
  expect(code).toBe(1);
  expect(words).toContain(`Port ${port} is in use by another program. Set PORT to another one`);
  expect(words).not.toContain(" at ");
  other.close();
});

test("whoever starts it twice in one folder is told so the second time, and the first goes on", async () => {
  const first = await startProcess({ entry: "src/server.ts", env: environment(), ready: /ready at (\S+)/ });
  const { code, words } = await runToEnd(environment());
  expect(code).toBe(1);
  expect(words).toContain("Another Ratebook is running on");
  expect((await fetch(`${first.ready}/readyz`)).status).toBe(200);
  expect(await first.stop()).toBe(0);
});

test("whoever mistypes a setting is told which one, and why", async () => {
  const { code, words } = await runToEnd(environment({ SYNC_LOCK_TTL_SECONDS: "900", PORT: "http" }));
  expect(code).toBe(1);
  expect(words).toContain("SYNC_LOCK_TTL_SECONDS");
  expect(words).toContain("PORT");
  expect(words).not.toContain(" at ");
});

test("with a database of its own nothing embedded starts; the first login is told once", async () => {
  const postgres = await openEmbeddedPostgres(join(folder, "elsewhere"));
  const env = environment({ DATABASE_URL: postgres.url, HOST: "127.0.0.1", RATEBOOK_DATA_DIR: join(folder, "data") });
  const first = await startProcess({ entry: "src/server.ts", env, ready: /password {2}(\S+)/ });
  expect((await readdir(join(folder, "data"))).toSorted()).toEqual(["auth.secret"]);
  expect(await first.stop()).toBe(0);
  const second = await startProcess({ entry: "src/server.ts", env, ready: /ready at (\S+)/ });
  expect(second.output()).not.toContain("password");
  expect(await second.stop()).toBe(0);
  await postgres.close();
});

test("whoever asks the doctor in a checkout is answered while no server runs", async () => {
  const { RATEBOOK_URL: _, ...rest } = process.env;
  const npm = spawn("npm", ["run", "--silent", "ratebook", "--", "doctor"], { env: { ...rest, ...environment() } });
  let output = "";
  npm.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(npm, "close");
  expect(output).toMatch(
    /^ok {4}settings .*\n(?:ok {4}.*\n)+FAIL {2}server {4}No Ratebook runs on .*Start it with: npm start\n$/,
  );
  expect(npm.exitCode).toBe(1);
});

test("whoever stops npm stops everything it started", async () => {
  const npm = spawn("npm", ["start"], { env: { ...process.env, ...environment() } });
  let output = "";
  npm.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await expect.poll(() => output, { timeout: 30_000 }).toMatch(/ready at \S+/);
  const url = /ready at (\S+)/.exec(output)?.[1] ?? "";
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  npm.kill("SIGTERM");
  await expect
    .poll(
      () =>
        fetch(`${url}/healthz`).then(
          () => "up",
          () => "gone",
        ),
      { timeout: 10_000 },
    )
    .toBe("gone");
  // Nothing holds the folder any more.
  const again = await startProcess({ entry: "src/server.ts", env: environment(), ready: /ready at (\S+)/ });
  expect(await again.stop()).toBe(0);
});
