import { mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDoors } from "#/testing/open-doors.ts";
import { openTerminal } from "#/testing/open-terminal.ts";
import { runProgram } from "#/testing/run-program.ts";
import { fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";
import { startProcess } from "#/testing/open-stack.ts";

type Answer = Readonly<{ passed: boolean; checks: readonly { name: string; passed: boolean; words: string }[] }>;

let world: SyncWorld;
let folder: string;
beforeAll(async () => {
  world = await openSyncWorld();
  folder = await mkdtemp(join(tmpdir(), "ratebook-doctor-"));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

/** What `ratebook doctor` becomes in a checkout. */
function runDoctor(env: Readonly<Record<string, string>>, ...args: string[]) {
  return runProgram("src/doctor.ts", args, { RATEBOOK_DATA_DIR: folder, PORT: "0", ...env });
}

async function findFailed(env: Readonly<Record<string, string>>): Promise<string[]> {
  const { code, text } = await runDoctor(env, "--json");
  const { passed, checks } = JSON.parse(text) as Answer;
  expect(passed).toBe(code === 0);
  expect(passed).toBe(checks.every((check) => check.passed));
  return checks.flatMap((check) => (check.passed ? [] : [check.name]));
}

test("the doctor prints each check, fails for what is missing, and passes when a worker lives and the sources are fresh", async () => {
  const env = { DATABASE_URL: world.url };
  await world.addSource("mine", () => fetched(openrouterDocument({ "c/one": ["0.000001", "0.000004"] })));
  expect(await findFailed(env)).toEqual(["admin", "worker", "sources"]);
  await world.db.execute(sql`
    insert into auth_user (id, name, email, role) values ('a', 'Ann', 'ann@example.com', 'admin')`);

  await world.startWorker(`${hostname()}/1`);
  await world.ended((await world.trigger()).jobId);
  const { code, text } = await runDoctor(env);
  expect(
    text
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/).slice(0, 2).join(" ")),
  ).toEqual(
    [
      "settings",
      "node",
      "folder",
      "port",
      "address",
      "server",
      "secret",
      "version",
      "encoding",
      "writable",
      "tls",
      "rights",
      "schema",
      "clock",
      "admin",
      "queue",
      "lock",
      "worker",
      "sources",
      "rates",
    ].map((name) => `ok ${name}`),
  );
  expect(code).toBe(0);
  expect(text).not.toContain(new URL(world.url).password);

  const doors = await openDoors(world);
  const terminal = openTerminal(await doors.listen());
  const asked = await terminal.ratebook("doctor", "--json");
  expect(asked.code).toBe(0);
  expect((JSON.parse(asked.stdout) as Answer).checks.map(({ name }) => name)).toContain("worker");
  await world.db.execute(sql`update sources set last_success_at = now() - interval '2 days'`);
  const stale = await terminal.ratebook("doctor");
  expect(stale).toMatchObject({ code: 1, stdout: expect.stringMatching(/FAIL {2}sources {3}Not fresh: mine\./) });
  await doors.close();
});

test("the doctor says what keeps a server from being reached, and which setting can't be read", async () => {
  const wrongPassword = Object.assign(new URL(world.url), { password: "not-this-one" }).href;
  const { code, text } = await runDoctor({ DATABASE_URL: wrongPassword });
  expect(code).toBe(1);
  expect(text).toMatch(/FAIL {2}server .*password authentication failed/);
  expect(text).not.toContain("not-this-one");
  expect(await findFailed({ DATABASE_URL: world.url, PORT: "http" })).toEqual(["settings"]);
  expect(await findFailed({ DATABASE_URL: "postgres://u@h/d?sslmode=always" })).toEqual(["server"]);
  expect(await findFailed({})).toEqual(["server"]);
});

test("the doctor finds the embedded Postgres of a Ratebook that runs on the same folder", async () => {
  const held = await startProcess({ entry: "src/testing/hold-postgres.ts", args: [folder], ready: /open (\S+)/ });
  expect(await findFailed({})).toEqual(["schema"]);
  expect(await held.stop()).toBe(0);
});

test("the doctor fails for machines without one secret, for a newer version's tables, and for a database without an admin", async () => {
  const env = { DATABASE_URL: world.url };
  await world.db.execute(sql`
    insert into sync_workers (id, name, seen_at)
    values ('00000000-0000-4000-8000-000000000001', 'other-machine/17', now() + interval '1 hour')`);
  const { text } = await runDoctor(env);
  expect(text).toMatch(/FAIL {2}secret .*other-machine\), .*Set the same one on all of them/);
  expect(await findFailed({ ...env, AUTH_SECRET: "s".repeat(40) })).not.toContain("secret");
  await world.db.execute(sql`update auth_user set role = 'viewer'`);
  expect((await runDoctor(env)).text).toMatch(/FAIL {2}admin .*Nobody is an admin any more/);
  const newer = sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9999999999999)`;
  await world.db.execute(newer);
  const { text: told } = await runDoctor(env);
  expect(told).toMatch(/FAIL {2}schema .*A newer version of Ratebook/);
  await world.db.execute(sql`delete from drizzle.__drizzle_migrations where hash = 'newer'`);
});
