import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditLog } from "#/access/schema.ts";
import { formatSourceTest } from "#/cli/format-sources.ts";
import { testSource } from "#/sources/test-source.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { openTerminal } from "#/testing/open-terminal.ts";
import { failed, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const PLAIN = ["0.000001", "0.000004"] as const;
const DEAR = ["0.0009", "0.0036"] as const;

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let terminal: ReturnType<typeof openTerminal>;
let url: string;
let folder: string;
let prices: Record<string, readonly [string, string]> = { "c/one": PLAIN };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratebook-cli-"));
  world = await openSyncWorld();
  doors = await openDoors(world);
  url = await doors.listen();
  terminal = openTerminal(url);
  await world.startWorker();
  await world.addSource("mine", () => fetched(openrouterDocument(prices)));
});
afterAll(async () => {
  await doors.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const ratebook = (...args: string[]) => terminal.ratebook(...args);
const fetchWithKey = (path: string) => fetch(`${url}${path}`, { headers: { authorization: `Bearer ${DOORS_KEY}` } });
const ask = async <T>(...args: string[]) => terminal.ask<T>(...args);

type Hold = Readonly<{
  id: string;
  state: string;
  model: string;
  reasons: string[];
  old: unknown;
  observed_at: string;
}>;
type Effective = Readonly<{
  effective: readonly Readonly<{ charges: readonly { meter: string; amount: string }[] }>[];
}>;

async function inputPrice(...more: string[]): Promise<string | undefined> {
  const { effective } = await ask<Effective>("prices", "get", "c/one", ...more);
  return effective[0]?.charges.find(({ meter }) => meter === "input")?.amount;
}

async function sync(): Promise<string> {
  const { jobId } = await ask<{ jobId: string }>("sync", "--source", "mine", "--wait");
  return jobId;
}

test("an operator dry-runs, syncs, and takes a run back, from a terminal", async () => {
  await sync();
  prices = { "c/one": ["0.0000012", "0.000004"] };
  const dry = await ratebook("sync", "--source", "mine", "--dry-run", "--wait");
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining("Would change:") });
  expect(await inputPrice()).toBe("0.000001");

  const run = await sync();
  expect(await inputPrice()).toBe("0.0000012");
  const preview = await ratebook("sync", "revert", run, "--dry-run", "--reason", "a look first");
  expect(preview).toMatchObject({ code: 0, stdout: expect.stringContaining("Would change:") });
  expect((await ratebook("sync", "revert", run, "--reason", "the wrong list")).code).toBe(0);
  expect(await inputPrice()).toBe("0.000001");
  const replayed = await ratebook("sync", "replay", "mine", "--dry-run");
  expect(replayed).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing would change.") });
});

test("an operator lists what is held, decides on it, and takes a decision back, from a terminal", async () => {
  prices = { "c/one": DEAR };
  await sync();
  const [hold] = await ask<Hold[]>("holds", "list");
  expect(hold).toMatchObject({ state: "open", model: "c/one", source: "mine", reasons: ["BOUND", "JUMP"] });
  expect((await ratebook("holds", "list")).stdout).toContain("c/one");
  const id = hold?.id ?? "";
  expect(await ask("holds", "reject", id, "--reason", "a unit mistake")).toMatchObject({ decided: 1 });
  expect(await ratebook("holds", "reject", id, "--reason", "a second click")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("somebody may have decided it"),
  });
  expect(await ask("holds", "reopen", id, "--reason", "it was right")).toMatchObject({ reopened: 1 });
  expect(
    await ask("holds", "approve", "--all", "--source", "mine", "--reason", "confirmed by the seller"),
  ).toMatchObject({ decided: 1 });
  expect(await inputPrice()).toBe("0.0009");
  expect(await inputPrice("--at", hold?.observed_at ?? "", "--known-at", hold?.observed_at ?? "")).toBe("0.000001");
});

test("a model that is not known is answered with the ids that may have been meant", async () => {
  expect(await ratebook("prices", "get", "C/One")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Did you mean "c/one" at openrouter?'),
  });
});

test("an operator tries other thresholds of the guard on the past, and sets them with a reason, from a terminal", async () => {
  const trial = await ask<{ arrivals: number; wouldHold: number }>("sources", "guard", "mine", "--set", "jumpUp=1.5");
  expect(trial.arrivals).toBeGreaterThan(1);
  const shown = await ratebook("sources", "guard", "mine", "--set", "vanish.sellerShare=0.3", "--days", "7");
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Of \d+ prices in the last 7 days/) });
  expect(shown.stderr).toContain("Nothing was written");
  expect(await ratebook("sources", "guard", "mine", "--set", "jumpUp=900")).toMatchObject({ code: 1 });
  expect((await ratebook("sources", "guard", "mine", "--set", "jump")).stderr).toContain("is no threshold");
  expect((await ratebook("sources", "guard", "mine", "--set", "jumpUp=3", "--apply")).stderr).toContain("--reason");
  await ask("sources", "guard", "mine", "--set", "jumpUp=3", "--apply", "--reason", "it moves in small steps");
  const { sources } = await ask<{ sources: { name: string; guard: unknown }[] }>("sources", "list");
  expect(sources.find(({ name }) => name === "mine")?.guard).toEqual({ jumpUp: 3 });
});

test("a source is disabled with a reason, which stands in the record, and never without one", async () => {
  await world.addSource("tired", () => fetched("[]"));
  expect(await ratebook("sources", "disable", "tired")).toMatchObject({ stderr: expect.stringContaining("--reason") });
  expect(await ask("sources", "disable", "tired", "--reason", "its units are wrong")).toMatchObject({ enabled: false });
  const [entry] = await world.db.select().from(auditLog).where(eq(auditLog.target, "tired")).orderBy(desc(auditLog.id));
  expect(entry).toMatchObject({ action: "sources.disable", reason: "its units are wrong", after: { enabled: false } });
});

test("an operator pins, lists, imports and clears prices from a terminal", async () => {
  await ask("pins", "set", "c/one", "--seller", "openrouter", "--input", "0.5", "--reason", "our contract");
  expect((await ratebook("pins", "list")).stdout).toContain("our contract");
  expect(await inputPrice()).toBe("0.0000005");
  await ask("pins", "clear", "c/one", "--seller", "openrouter", "--reason", "the contract has ended");
  expect(await inputPrice()).toBe("0.0009");

  const file = join(folder, "pins.csv");
  await writeFile(
    file,
    "seller,model,variant,meter,unit,usd_per_unit,reason,expires_at\nopenrouter,c/one,,input,,0.0000007,by hand,\n",
  );
  expect(await ratebook("pins", "import", file, "--dry-run")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("set"),
  });
  expect(await inputPrice()).toBe("0.0009");
  expect(await ask("pins", "import", file)).toMatchObject({ written: 1 });
  expect(await inputPrice()).toBe("0.0000007");
  const sheet =
    "seller;model;meter;usd_per_1m;reason;expires_at\r\nopenrouter;c/one;input;$0.75;by hand;2099-12-31\r\n";
  await writeFile(file, Buffer.from(`\uFEFF${sheet}`, "utf16le"));
  expect(await ratebook("pins", "import", file)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("A day without a time is its start, 00:00 UTC: the pin of line 2 ends then"),
  });
  expect(await inputPrice()).toBe("0.00000075");
  await writeFile(file, Buffer.from("seller;model\r\nacmé;one\r\n", "latin1"));
  expect(await ratebook("pins", "import", file)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("it is neither UTF-8 nor UTF-16"),
  });
  await writeFile(file, "seller,model\nopenrouter,c/one\n");
  expect(await ratebook("pins", "import", file)).toMatchObject({ code: 1, stderr: expect.stringContaining("line 2") });
  await ask("pins", "clear", "c/one", "--seller", "openrouter", "--meter", "input", "--reason", "done");
});

test("an operator backfills, compares two instants, exports and sees conflicts from a terminal", async () => {
  const file = join(folder, "archive.json");
  await world.addSource("old", () => fetched("[]"));
  for (const [day, input] of [
    ["2025-01-01", "0.000001"],
    ["2025-02-01", "0.0000013"],
  ] as const) {
    await writeFile(file, openrouterDocument({ "c/old": [input, "0.000004"] }));
    await ask("backfill", "old", file, "--at", `${day}T00:00:00Z`);
  }
  const usage = join(folder, "usage.csv");
  await writeFile(usage, "seller,model,variant,meter,units_per_month\nopenrouter,c/old,,input,1000000000\n");
  expect(await ask("usage", "import", usage)).toMatchObject({ written: 1 });
  // Nobody knew it then; as the book stands now it counts for its own days.
  const days = ["--from", "2025-01-15T00:00:00Z", "--to", "2025-02-15T00:00:00Z"];
  expect(await ask("prices", "diff", ...days)).toMatchObject({ total: 0 });
  const between = [...days, "--known-at", new Date().toISOString()];
  expect(await ask("prices", "diff", ...between)).toMatchObject({
    total: 1,
    differences: [{ model: "c/old", monthlyImpactUsd: "300" }],
  });
  expect((await ratebook("prices", "diff", ...between)).stdout).toContain("+$300.00");
  expect(await ratebook("backfill", "old", file, "--at", "2025-01-15T00:00:00Z")).toMatchObject({ code: 1 });

  const out = join(folder, "prices.csv");
  expect(await ratebook("prices", "export", "--format", "csv", "--out", out)).toMatchObject({ code: 0 });
  expect(await readFile(out, "utf8")).toContain("openrouter,c/old,default,priced,input,token,0.0000013");
  expect(await ask("prices", "conflicts")).toMatchObject({ total: expect.any(Number) });
});

test("a run and a test of its source name each field that was not read, with its count and a value", async () => {
  const entry = { litellm_provider: "acme", input_cost_per_token: 0.000001, output_cost_per_token: 0.000004 };
  const map = {
    alpha: { ...entry, input_cost_per_parsec: 3, weekend_surcharge: 1.1 },
    beta: { ...entry, input_cost_per_parsec: 4, provider_specific_entry: { moon: 1.1 } },
  };
  await world.addSource("litellm", () => fetched(JSON.stringify(map)), "litellm");
  const unread = [
    {
      field: "input_cost_per_parsec",
      reason: "unit_unknown",
      count: 2,
      path: "alpha.input_cost_per_parsec",
      value: "3",
    },
    {
      field: "weekend_surcharge",
      reason: "may_move_price",
      count: 1,
      path: "alpha.weekend_surcharge",
      value: "1.1",
    },
    {
      field: "provider_specific_entry.moon",
      reason: "may_move_price",
      count: 1,
      path: "beta.provider_specific_entry.moon",
      value: "1.1",
    },
  ];
  const { jobId } = await ask<{ jobId: string }>("sync", "--source", "litellm", "--wait");
  const run = await ask<{ log: { unreadFields: unknown; counts: { held: number; priced: number } }[] }>(
    "sync",
    "status",
    jobId,
  );
  expect(run.log).toMatchObject([{ unreadFields: unread, counts: { held: 0, priced: 2 } }]);
  expect((await ratebook("sync", "status", jobId)).stdout).toMatch(
    /litellm +input_cost_per_parsec +unit_unknown +2 +3 +alpha\.input_cost_per_parsec/,
  );
  const fetchSource = async () => fetched(JSON.stringify(map));
  const signal = AbortSignal.timeout(10_000);
  const tested = await testSource({ db: world.db, fetchSource }, { name: "litellm", signal });
  expect(tested).toMatchObject({ ok: true, rejected: { unit_unknown: 2 }, unreadFields: unread });
  expect(formatSourceTest(tested, (_tone, text) => text)).toMatch(
    /provider_specific_entry\.moon +may_move_price +1 +1\.1/,
  );
});

test("an operator retries, fails and redrives syncs, and sees who works, from a terminal", async () => {
  const lasting = { ...failed("the key is wrong"), retryable: false };
  let answer = () => lasting as ReturnType<typeof fetched>;
  await world.addSource("locked", () => answer());
  const broken = await ratebook("sync", "--source", "locked", "--wait", "--json");
  expect(broken.code).toBe(1);
  const { jobId } = JSON.parse(broken.stdout) as { jobId: string };
  expect((await ratebook("sync", "dead-letters")).stdout).toContain(jobId.slice(0, 8));
  answer = () => fetched(openrouterDocument({ "c/locked": PLAIN }));
  expect(await ask("sync", "retry", jobId, "--wait")).toMatchObject({ status: "success", retryOf: jobId });
  expect(await ratebook("sync", "redrive", "--reason", "nothing is left")).toMatchObject({ code: 1 });
  expect(await ratebook("sync", "fail", jobId, "--reason", "too late")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("had ended already"),
  });
  expect(await ratebook("sync", "retry", "00000000-0000-4000-8000-000000000000", "--all")).toMatchObject({ code: 1 });
  expect(await ratebook("lock", "workers")).toMatchObject({ code: 0, stdout: expect.stringContaining("alive") });
});

test("what has changed since a version is printed line by line, and followed until Ctrl-C", async () => {
  const newest = async () => (await fetchWithKey("/v1/prices?limit=1")).headers.get("x-ratebook-version") ?? "";
  const before = await newest();
  const pin = (amount: string) =>
    ask("pins", "set", "c/followed", "--seller", "openrouter", "--input", amount, "--output", "2", "--reason", "ours");
  await pin("0.5");
  await pin("0.7");
  const { stdout, stderr } = await ratebook("prices", "changes", "--after", before);
  const after = await newest();
  expect(stdout).toBe(
    `v${Number(after) - 1}  openrouter c/followed: first price: Input $0.50 per 1M tokens, Output $2.00 per 1M tokens (pin)\n` +
      `v${after}  openrouter c/followed: Input $0.50 per 1M tokens -> $0.70 per 1M tokens (pin)\n`,
  );
  expect(stderr).toContain(`version ${after}`);
  const documents = (await ratebook("prices", "changes", "--after", before, "--json")).stdout.trim().split("\n");
  expect(documents.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { change: "first" },
    { change: "changed" },
  ]);
  expect(await ratebook("prices", "changes", "--after", "999999")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Read all prices anew"),
  });
  expect((await ratebook("prices", "changes", "--after", "soon")).code).toBe(1);

  const stop = new AbortController();
  const following = openTerminal(url, undefined, stop.signal);
  const followed = following.ratebook("prices", "changes", "--after", after, "--follow");
  await pin("0.9");
  await expect.poll(() => following.printed()).toContain("$0.70 per 1M tokens -> $0.90 per 1M tokens (pin)");
  stop.abort();
  expect((await followed).code).toBe(130);
});

test("what a terminal of 80 columns is shown fits it, and no price is cut for that", async () => {
  prices = { "a-maker-with-a-long-name/a-model-with-a-long-name-2026-08": PLAIN, "c/one": PLAIN };
  await sync();
  prices = { "a-maker-with-a-long-name/a-model-with-a-long-name-2026-08": DEAR, "c/one": PLAIN };
  const run = await sync();
  await ask("pins", "set", "c/one", "--seller", "openrouter", "--input", "0.5", "--output", "2", "--reason", "ours");
  await ask("schedules", "add", "nightly", "--rule", "30 2 * * *", "--zone", "Europe/Berlin");
  const { ratebook: type } = openTerminal(url, 80);
  const lines = [
    ["sync", "list"],
    ["sync", "status", run],
    ["sync", "--source", "mine", "--dry-run"],
    ["sources", "list"],
    ["sources", "guard", "mine"],
    ["schedules", "list"],
    ["schedules", "preview", "--rule", "30 2 * * *"],
    ["prices", "list"],
    ["prices", "get", "c/one"],
    ["prices", "diff", "--from", "2025-01-01T00:00:00Z"],
    ["prices", "conflicts"],
    ["holds", "list", "--state", "all"],
    ["pins", "list"],
    ["lock", "status"],
    ["lock", "workers"],
  ];
  for (const words of lines) {
    const { code, stdout, stderr } = await type(...words);
    expect(code, stderr).toBe(0);
    expect(stdout.endsWith("\n"), words.join(" ")).toBe(true);
    expect(
      stdout.split("\n").filter((line) => line.length > 80),
      words.join(" "),
    ).toEqual([]);
  }
  expect((await type("holds", "list")).stdout).toMatch(/^HELD +input \$900\.00\/M, output \$3,600\.00\/M$/m);
});
