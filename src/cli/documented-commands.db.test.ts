import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
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

// The commands of all documents as they stand there, in a shell; each fault of the runbook is provoked first. A block that is not
// run here says why in a comment above it.
const DOCUMENTS = [
  ...(await readdir(".")).filter((file) => file.endsWith(".md")),
  ...(await readdir("docs", { recursive: true })).filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`),
];
const COMMAND = /^(?:npm|npx|ratebook|docker|curl|git|node|psql|pg_\w+) /m;
const MODEL = "acme/one";
const GOOD = ["0.000001", "0.000004"] as const;
const WRONG = ["0.0000013", "0.000004"] as const;
const WHY = { WHY: "a test of the runbook" };

type Block = Readonly<{ language: string; text: string; section: string; notRun: string | undefined }>;

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
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, scripts: { ratebook: "ratebook" } }));
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
    HOME: folder,
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
    const found = [...part.matchAll(/^(?:<!-- not run: (.+) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm)];
    return found
      .map(([, notRun, language = "", body = ""]) => ({ language, text: body, section, notRun }))
      .filter(({ language, text }) => language === "sh" || language === "sql" || COMMAND.test(text));
  });
}

type Ran = Readonly<{ code: number; stdout: string; stderr: string }>;

type Settings = Readonly<Record<string, string>>;

/** Runs a section's next block of commands, line by line, with its words in capitals filled in; answers the last line's outcome. */
async function runNext(
  section: string,
  fill: Settings = {},
  more: (line: string) => Settings = () => ({}),
): Promise<Ran> {
  const block = blocks.find((one) => one.section === section && one.notRun === undefined && !tried.has(one));
  if (block === undefined) throw new Error(`There are no more commands under "${section}"`);
  tried.add(block);
  let text = block.text;
  for (const [word, value] of Object.entries({ ...WHY, ...fill }))
    text = text.replaceAll(new RegExp(String.raw`(?<![A-Z_$])${word}(?![A-Z_])`, "g"), value);
  let last: Ran = { code: 0, stdout: "", stderr: "" };
  for (const line of text.replaceAll("\\\n", "").trim().split("\n")) {
    last = block.language === "sql" ? await runStatement(line) : await runCommand(line, more(line));
    expect(last, `${line}\n${last.stdout}${last.stderr}`).toMatchObject({
      code: line.startsWith("ratebook sources test") ? 1 : 0,
    });
  }
  return last;
}

async function runStatement(statement: string): Promise<Ran> {
  return { code: 0, stdout: JSON.stringify(await world.sql.unsafe(statement)), stderr: "" };
}

async function runCommand(line: string, more: Settings = {}): Promise<Ran> {
  const { promise, resolve: settle } = Promise.withResolvers<Ran>();
  execFile("sh", ["-c", line], { cwd: folder, env: { ...process.env, ...env, ...more } }, (error, stdout, stderr) =>
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

test("README: what it types in a terminal and in a script, on a price of each day and a price that is held", async () => {
  const list = (input: number) =>
    JSON.stringify({
      "gpt-5": {
        litellm_provider: "openai",
        mode: "chat",
        input_cost_per_token: input,
        output_cost_per_token: 0.00001,
      },
    });
  await world.addSource("map", () => fetched(list(0.000_001_3)), "litellm");
  await writeFile(join(folder, "map.json"), list(0.000_001_25));
  expect(await runCommand("ratebook backfill map map.json --at 2026-07-01T00:00:00Z")).toMatchObject({ code: 0 });
  prices = { [MODEL]: ["0.0009", "0.0036"] };
  await sync();
  const { stdout } = await runCommand("ratebook holds list --json");
  const id = /"id": ?"?(\d+)/.exec(stdout)?.[1] ?? "";
  const section = "From a terminal or a script";
  const address = { "http://127.0.0.1:3000": env["RATEBOOK_URL"] ?? "" };
  const shown = await runNext(section, { "17": id });
  expect(shown.stdout).toContain("Keeps an LLM gateway's model prices true");
  expect(await readFile(join(folder, "prices.json"), "utf8")).toContain('"gpt-5"');
  expect(existsSync(join(folder, "book.backup"))).toBe(true);
  expect(await runCommand("ratebook sources disable my-list --reason 'its host is not there'")).toMatchObject({
    code: 0,
  });
  expect((await runNext(section, address)).stdout).toContain("job_id");
});

test("Backup: as one types it, restored into an empty database", async () => {
  const empty = await createDatabase();
  const intoEmpty = (line: string): Settings => (line.includes("-- restore") ? { DATABASE_URL: empty.url } : {});
  expect((await runNext("# Backup and restore", {}, intoEmpty)).stdout).toContain("nothing differs");
  await empty.drop();
});

test("The command: files of usage and of pins, and what a shell completes", async () => {
  await writeFile(join(folder, "usage.csv"), "seller,model,input\nopenai,gpt-5,1000\n");
  await writeFile(join(folder, "invoice.csv"), "seller,model,input,billed_usd\nopenai,gpt-5,1000,0.0013\n");
  const line = `${JSON.stringify({ seller: "openai", model: "gpt-5", input: 1_000 })}\n`;
  await writeFile(join(folder, "usage.jsonl.gz"), gzipSync(line));
  const pins = "seller,model,variant,meter,unit,usd_per_unit,reason,expires_at\nopenai,gpt-5,,input,,0.000001,ours,\n";
  await writeFile(join(folder, "contract.csv"), pins);
  await mkdir(join(folder, ".config", "fish", "completions"), { recursive: true });
  const blocksOf = (section: string) => blocks.filter((block) => block.section === section && !tried.has(block));
  for (const section of ["Prices of your own", "What requests cost", "Completion"])
    for (const _ of blocksOf(section)) expect((await runNext(section)).stderr).not.toContain("Error");
  expect(await readFile(join(folder, "focus.csv"), "utf8")).toContain("platform-team");
});

test("Gateways: what curl fetches, and fetches again only when it has changed", async () => {
  const { key } = await createKey(world.db, ACTOR, { name: "gateway", role: "viewer" });
  const fill = { "https://prices.example.com": env["RATEBOOK_URL"] ?? "", KEY: key };
  await runNext("curl, and anything else", fill);
  expect(await readFile(join(folder, "prices.csv"), "utf8")).toContain("gpt-5");
});

test("every command of the documents was run, or says above it why it is not", () => {
  const left = blocks.filter((block) => block.notRun === undefined && !tried.has(block));
  expect(left.map(({ section, text }) => `${section}: ${text}`)).toEqual([]);
});

test("what a document names as the runner of its commands is there", () => {
  const named = blocks.flatMap(({ notRun = "" }) =>
    [...notRun.matchAll(/`(src\/[^`]+)`/g)].map(([, path = ""]) => path),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});
