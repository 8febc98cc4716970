import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openDatabase } from "#/platform/database.ts";
import { createDatabase } from "#/testing/create-database.ts";
import { createKey } from "#/access/api-keys.ts";
import { eventually } from "#/testing/eventually.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import {
  ACTOR,
  failed,
  fetched,
  openGate,
  openrouterDocument,
  openSyncWorld,
  type SyncWorld,
} from "#/testing/sync-world.ts";

// Each command is a process of its own.
vi.setConfig({ testTimeout: 120_000 });

// The commands of the runbook and the implementation guide as they stand there, in a shell; each fault of the runbook is provoked first.
const DOCUMENTS = ["docs/runbook.md", "docs/implementation-guide.md"];
const MODEL = "acme/one";
const GOOD = ["0.000001", "0.000004"] as const;
const WRONG = ["0.0000013", "0.000004"] as const;
const WHY = { WHY: "a test of the runbook" };

type Block = Readonly<{ language: string; text: string; section: string }>;

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let folder: string;
let env: Readonly<Record<string, string>>;
let blocks: readonly Block[];
let prices: Record<string, readonly [string, string]> = { [MODEL]: GOOD };
const tried = new Set<Block>();

beforeAll(async () => {
  blocks = (await Promise.all(DOCUMENTS.map((file) => readFile(file, "utf8")))).flatMap(readBlocks);
  folder = await mkdtemp(join(tmpdir(), "ratebook-runbook-"));
  // What a checkout does: these two work on the database itself.
  await writeFile(
    join(folder, "ratebook"),
    `#!/bin/sh\ncase $1 in backup | restore) part=backup.ts ;; *) part=cli/main.ts ;; esac\nexec "${process.execPath}" "${resolve("src")}/$part" "$@"\n`,
  );
  await chmod(join(folder, "ratebook"), 0o700);
  world = await openSyncWorld({ leaseMs: 30_000 });
  doors = await openDoors(world);
  const url = await doors.listen();
  env = {
    PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`,
    RATEBOOK_URL: url,
    DATABASE_URL: world.url,
    HOST: url,
    RATEBOOK_API_KEY: DOORS_KEY,
    KEY: DOORS_KEY,
    NO_COLOR: "1",
  };
  await world.startWorker();
  await world.addSource("mine", () => fetched(openrouterDocument(prices)));
  await sync();
});
afterAll(async () => {
  await doors.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

function readBlocks(text: string): Block[] {
  return text.split(/^## /m).flatMap((part) => {
    const section = part.split("\n", 1)[0] ?? "";
    const found = [...part.matchAll(/^```(sh|sql)\n([\s\S]*?)^```$/gm)];
    return found.map(([, language = "", body = ""]) => ({ language, text: body, section }));
  });
}

type Ran = Readonly<{ code: number; stdout: string; stderr: string }>;

/** Runs a section's next block of commands, line by line, with its words in capitals filled in; answers the last line's outcome. */
async function runNext(section: string, fill: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const block = blocks.find((one) => one.section === section && !tried.has(one));
  if (block === undefined) throw new Error(`There are no more commands under "${section}"`);
  tried.add(block);
  let text = block.text;
  for (const [word, value] of Object.entries({ ...WHY, ...fill }))
    text = text.replaceAll(new RegExp(String.raw`(?<![A-Z_$])${word}(?![A-Z_])`, "g"), value);
  let last: Ran = { code: 0, stdout: "", stderr: "" };
  for (const line of text.trim().split("\n")) {
    last = block.language === "sql" ? await runStatement(line) : await runCommand(line);
    expect(last, `${line}\n${last.stderr}`).toMatchObject({ code: line.startsWith("ratebook sources test") ? 1 : 0 });
  }
  return last;
}

async function runStatement(statement: string): Promise<Ran> {
  return { code: 0, stdout: JSON.stringify(await world.sql.unsafe(statement)), stderr: "" };
}

async function runCommand(line: string): Promise<Ran> {
  const { promise, resolve: settle } = Promise.withResolvers<Ran>();
  execFile("sh", ["-c", line], { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
    settle({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
  );
  return promise;
}

async function sync(): Promise<string> {
  const { jobId } = await world.trigger({});
  await world.ended(jobId);
  return jobId;
}

/** A sync that runs, and waits for its source until the gate opens. */
async function startStuckSync() {
  const gate = openGate();
  world.answers.set("mine", async ({ signal }) => {
    await gate.wait(signal ?? new AbortController().signal);
    return fetched(openrouterDocument(prices));
  });
  const { jobId } = await world.trigger({});
  await eventually("the sync runs", async () => (await statusOf(jobId)) === "running");
  return { gate, jobId };
}

async function statusOf(jobId: string): Promise<string | undefined> {
  const [row] = await world.db.execute<{ status: string }>(
    sql`select status from pricing_sync_jobs where job_id = ${jobId}::uuid`,
  );
  return row?.status;
}

async function priceInForce(): Promise<string | undefined> {
  const [row] = await world.db.execute<{ amount: string }>(sql`
    select c ->> 'amount' as amount from rates, jsonb_array_elements(charges) c
    where model = ${MODEL} and version_to is null and valid_to is null and c ->> 'meter' = 'input'`);
  return row?.amount;
}

test("Where to begin", async () => {
  expect((await runNext("Where to begin")).stdout).toContain("success");
});

test("A lock is stuck: it is taken away, and the sync runs again", async () => {
  const { gate, jobId } = await startStuckSync();
  const { stdout } = await runNext("A lock is stuck");
  expect(stdout).toContain("The lock was released");
  gate.open();
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 2 });
});

test("A sync is stuck: it is cancelled, or ended as failed and tried again", async () => {
  const first = await startStuckSync();
  await runNext("A sync is stuck", { JOB_ID: first.jobId });
  expect(await world.ended(first.jobId)).toMatchObject({ status: "cancelled" });
  const second = await startStuckSync();
  const opened = world.ended(second.jobId).then(() => second.gate.open());
  expect((await runNext("A sync is stuck", { JOB_ID: second.jobId })).stdout).toContain("success");
  await opened;
  expect(await statusOf(second.jobId)).toBe("failed");
});

test("A source fails: it is tested, disabled, and read again when it answers", async () => {
  world.answers.set("mine", () => failed("the seller is down"));
  await sync();
  expect((await runNext("A source fails", { SOURCE: "mine" })).stdout).toContain("mine can't be read");
  await runNext("A source fails", { SOURCE: "mine" });
  world.answers.set("mine", () => fetched(openrouterDocument(prices)));
  expect((await runNext("A source fails", { SOURCE: "mine" })).stdout).toContain("success");
});

test("A wrong price has gone out: it is pinned, its sync is reverted, and the pin is cleared", async () => {
  prices = { [MODEL]: WRONG };
  const jobId = await sync();
  const fill = { MODEL, SELLER: "openrouter", USD_PER_MILLION: "1", JOB_ID: jobId };
  await runNext("A wrong price has gone out", fill);
  expect(await priceInForce()).toBe("0.000001");
  await runNext("A wrong price has gone out", fill);
  await runNext("A wrong price has gone out", fill);
  expect(await priceInForce()).toBe("0.000001");
  prices = { [MODEL]: GOOD };
});

test("The database is full: what is large is seen, what is old is removed, and what failed is queued again", async () => {
  world.answers.set("mine", () => failed("no space left on device"));
  await sync();
  world.answers.set("mine", () => fetched(openrouterDocument(prices)));
  expect((await runNext("The database is full")).stdout).toContain("model_pricing_history");
  await runNext("The database is full");
  expect((await runNext("The database is full")).stdout).toMatch(/^\d+ syncs? queued/);
});

test("A database has to be restored: it is backed up, restored elsewhere, and verified", async () => {
  const section = "A database has to be restored";
  const fill = { FILE: join(folder, "book.backup") };
  await runNext(section, fill);
  const restored = await createDatabase();
  await runNext(section, { ...fill, NEW_DATABASE_URL: restored.url });
  const { sql: driver, close } = openDatabase(restored.url, { max: 1, name: "test" });
  const count =
    "select (select count(*) from rates)::int as rates, (select count(*) from model_pricing_history)::int as history";
  expect([...(await driver.unsafe(count))]).toEqual([...(await world.sql.unsafe(count))]);
  await close();
  await restored.drop();
  await runNext(section);
});

test("A key has leaked: it is revoked, another one is made, and what was done with it is seen", async () => {
  const { key } = await createKey(world.db, ACTOR, { name: "leaked", role: "operator" });
  const ask = (secret: string) =>
    fetch(`${env["RATEBOOK_URL"]}/v1/prices`, { headers: { authorization: `Bearer ${secret}` } });
  expect((await ask(key)).status).toBe(200);
  const { stdout } = await runNext("A key has leaked", { NEW_KEY_NAME: "fresh", KEY_NAME: "leaked" });
  await eventually("the leaked key is refused", async () => (await ask(key)).status === 401);
  expect((await ask(stdout.trim())).status).toBe(200);
  expect((await runNext("A key has leaked", { KEY_NAME: "leaked" })).stdout).toMatch(/^id,at,actor/);
});

test("Check that it works: by the command, over HTTP as before, and in the database", async () => {
  const section = "2. Check that it works";
  expect((await runNext(section)).stdout).toContain("nothing differs");
  expect(JSON.parse((await runNext(section)).stdout)).toMatchObject({
    sources: { mine: { last_outcome: "unchanged" } },
  });
  expect(await runNext(section)).toMatchObject({ stdout: expect.stringContaining("cleanup_expired_pricing_locks") });
});

test("every command of these documents was run", () => {
  expect(blocks.filter((block) => !tried.has(block)).map(({ section, text }) => `${section}: ${text}`)).toEqual([]);
});
