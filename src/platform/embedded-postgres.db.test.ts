import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startProcess, type StartedProcess } from "#/testing/open-stack.ts";
import { eventually } from "#/testing/eventually.ts";

let parent: string;
let folder: string;
const started: StartedProcess[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "ratebook-embedded-"));
  folder = join(parent, "closed", "data");
  await mkdir(join(parent, "closed"));
  // Nobody but this user can enter, so a `postgres` user could not either.
  await chmod(join(parent, "closed"), 0o700);
});
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop("SIGKILL");
  await eventually("Postgres is gone", async () => !(await serverPid()));
  await rm(parent, { recursive: true, force: true });
});

async function hold(): Promise<StartedProcess> {
  const one = await startProcess({ entry: "src/testing/hold-postgres.ts", args: [folder], ready: /open (\S+)/ });
  started.push(one);
  return one;
}

async function run<T>(url: string, statement: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe<T[]>(statement))];
  } finally {
    await sql.end();
  }
}

/** The server's process, while it is alive. */
async function serverPid(): Promise<number | undefined> {
  const text = await readFile(join(folder, "postgres", "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return status === "" || /^State:\s+Z/m.test(status) ? undefined : pid;
}

test("it keeps its data over a clean stop and over kill -9 of its parent, and leaves no orphan", async () => {
  const first = await hold();
  await run(first.ready, "create table kept (n int)");
  expect(await first.stop()).toBe(0);
  expect(await serverPid()).toBeUndefined();

  const second = await hold();
  await run(second.ready, "insert into kept values (1)");
  const pid = await serverPid();
  expect(pid).toBeDefined();
  await second.stop("SIGKILL");
  // Started at once, while the orphan is still on its way out.
  const third = await hold();
  expect(await run(third.ready, "select n from kept")).toEqual([{ n: 1 }]);
  expect(await serverPid()).not.toBe(pid);
});

test("a second instance in the same folder says so and leaves the first alone", async () => {
  const first = await hold();
  await expect(hold()).rejects.toThrow(/Another Ratebook is running on .*Stop it, or set RATEBOOK_DATA_DIR/s);
  expect(await run(first.ready, "select 1 as alive")).toEqual([{ alive: 1 }]);
});

test("a stale pid file of a machine that lost its power does not stand in the way", async () => {
  const first = await hold();
  await first.stop();
  // The id of this very process: alive, and no Postgres.
  await writeFile(join(folder, "postgres", "postmaster.pid"), `${process.pid}\n${folder}\n`);
  const second = await hold();
  expect(await run(second.ready, "select 1 as alive")).toEqual([{ alive: 1 }]);
});
