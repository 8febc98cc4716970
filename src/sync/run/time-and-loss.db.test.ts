import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getPrice } from "#/book/get-price.ts";
import { diffRates } from "#/book/diff-rates.ts";
import { importPins } from "#/book/import-pins.ts";
import { listConflicts } from "#/book/list-conflicts.ts";
import { readExportedRates } from "#/book/list-rates.ts";
import { readTogether } from "#/book/read-together.ts";
import { listHistory } from "#/book/list-history.ts";
import { listRateChanges } from "#/book/list-rate-changes.ts";
import { listHolds } from "#/book/list-holds.ts";
import { importUsage } from "#/book/set-usage.ts";
import { tryGuard } from "#/book/try-guard.ts";
import { addSource } from "#/sources/add-source.ts";
import { packPayload } from "#/sources/store-payload.ts";
import { nowText } from "#/platform/database-clock.ts";
import { rankSource } from "#/book/rank-source.ts";
import { previewRevert } from "#/book/revert-run.ts";
import { triggerBackfill } from "#/sync/jobs/trigger-backfill.ts";
import { ACTOR, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

type Prices = Record<string, readonly [string, string]>;
const PLAIN = ["0.000001", "0.000004"] as const;

async function backfill(source: string, at: string, prices: Prices) {
  const deps = { db: world.db, queue: world.queue };
  const payload = await packPayload(openrouterDocument(prices));
  const { jobId } = await triggerBackfill(deps, ACTOR, { source, at, payload });
  return world.ended(jobId);
}

function models(count: number, input = "0.000001"): Prices {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`v/${String(index).padStart(2, "0")}`, [input, "0.000004"] as const]),
  );
}

test("archived payloads make a history of their own instants, in the order of time only", async () => {
  await world.addSource("archive", () => fetched("[]"));
  await backfill("archive", "2024-01-01T00:00:00Z", { "h/one": PLAIN });
  const second = await backfill("archive", "2024-03-01T00:00:00Z", { "h/one": ["0.000002", "0.000004"] });
  expect(second).toMatchObject({ kind: "backfill", status: "success", log: [{ counts: { changed: 1 } }] });
  const inputAt = async (at: string, knownAt?: string) =>
    (await getPrice(world.db, { model: "h/one", at, knownAt })).effective[0]?.charges[0]?.amount;
  expect(await inputAt("2024-02-01T00:00:00Z")).toBe("0.000001");
  expect(await inputAt("2024-04-01T00:00:00Z")).toBe("0.000002");
  // The book itself came to know of it only now.
  await expect(inputAt("2024-04-01T00:00:00Z", "2024-05-01T00:00:00Z")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(backfill("archive", "2024-02-01T00:00:00Z", { "h/one": PLAIN })).rejects.toMatchObject({
    code: "INVALID",
  });
  await expect(backfill("archive", "2999-01-01T00:00:00Z", { "h/one": PLAIN })).rejects.toMatchObject({
    code: "INVALID",
  });
  await expect(backfill("nobody", "2024-05-01T00:00:00Z", { "h/one": PLAIN })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  const [row] = await world.db.execute(sql`select last_success_at from sources where name = 'archive'`);
  expect(row).toEqual({ last_success_at: null });
  const diff = await diffRates(world.db, {
    from: "2024-02-01T00:00:00Z",
    to: "2024-04-01T00:00:00Z",
    knownAt: await nowText(world.db),
    limit: 10,
  });
  expect(diff).toMatchObject({
    total: 1,
    differences: [
      { before: { charges: [{ amount: "0.000001" }, {}] }, after: { charges: [{ amount: "0.000002" }, {}] } },
    ],
  });
});

test("a flap keeps the models as stale and holds the payload's changes; when they come back all is as before", async () => {
  await world.addSource("flap", () => fetched("[]"));
  await backfill("flap", "2024-01-01T00:00:00Z", models(40));
  const flapped = Object.fromEntries(Object.entries(models(40)).slice(10));
  const flap = await backfill("flap", "2024-01-01T06:00:00Z", {
    ...flapped,
    "v/39": ["0.0000015", "0.000004"],
    "v/new": PLAIN,
  });
  expect(flap.log).toMatchObject([{ counts: { stale: 10, missing: 0, held: 1, created: 1 } }]);
  expect(flap.log[0]?.notes).toEqual(
    expect.arrayContaining([expect.stringContaining("10 of 40 offers are not in this payload")]),
  );
  expect(await listHolds(world.db, { filter: { source: "flap" }, limit: 9 })).toMatchObject([
    { model: "v/39", reasons: ["VANISH"] },
  ]);
  const { offers } = await getPrice(world.db, { model: "v/00", source: "flap" });
  expect(offers[0]).toMatchObject({ state: "priced", listing: { missedPayloads: 0, staleSince: expect.any(String) } });

  const back = await backfill("flap", "2024-01-01T12:00:00Z", {
    ...models(40),
    "v/39": ["0.0000015", "0.000004"],
    "v/new": PLAIN,
  });
  expect(back.log).toMatchObject([{ counts: { stale: 0, returned: 10, held: 0, changed: 1, resolved: 1 } }]);
  expect(await listHolds(world.db, { filter: { source: "flap" }, limit: 9 })).toMatchObject([
    { state: "resolved", decision: expect.stringContaining("released") },
  ]);
});

test("a loss that lasts is believed after 48 hours and two payloads: missing, then delisted, and the past stays", async () => {
  await world.addSource("gone", () => fetched("[]"));
  await backfill("gone", "2024-01-01T00:00:00Z", models(40));
  const left = Object.fromEntries(Object.entries(models(40)).slice(10));
  const counts: unknown[] = [];
  for (const day of ["02", "03", "04", "05", "06"]) {
    const { log } = await backfill("gone", `2024-01-${day}T12:00:00Z`, left);
    counts.push([log[0]?.counts.stale, log[0]?.counts.missing, log[0]?.counts.delisted]);
  }
  expect(counts).toEqual([
    [10, 0, 0],
    [10, 0, 0],
    [0, 10, 0],
    [0, 10, 0],
    [0, 10, 10],
  ]);
  const state = async (at?: string) =>
    (await getPrice(world.db, { model: "v/00", source: "gone", at })).offers[0]?.state;
  expect(await state()).toBe("unknown");
  expect(await state("2024-01-05T00:00:00Z")).toBe("priced");
});

test("a price for a later day waits, is cancelled when it is withdrawn, and is put in force on its day by the timer", async () => {
  const document = (later?: string) =>
    JSON.stringify([
      {
        id: "acme",
        models: [
          {
            id: "dated",
            prices: [
              { prices: { input_mtok: 3 } },
              ...(later === undefined ? [] : [{ constraint: { start_date: later }, prices: { input_mtok: 2 } }]),
            ],
          },
        ],
      },
    ]);
  let text = document("2999-01-01");
  world.answers.set("dated", () => fetched(text));
  await addSource(world.db, ACTOR, { name: "dated", kind: "genai-prices", url: "https://dated.example/" });
  const sync = async () => world.ended((await world.trigger({ sources: ["dated"] })).jobId);
  expect((await sync()).log).toMatchObject([{ counts: { created: 1, announced: 1 } }]);
  const input = async (at?: string) =>
    (await getPrice(world.db, { model: "dated", at })).effective[0]?.charges[0]?.amount;
  expect([await input(), await input("2999-02-01T00:00:00Z")]).toEqual(["0.000003", "0.000002"]);
  text = document();
  expect((await sync()).log).toMatchObject([{ counts: { withdrawn: 1, changed: 0 } }]);
  expect(await input("2999-02-01T00:00:00Z")).toBe("0.000003");
  const [withdrawn] = (await listHistory(world.db, { model: "dated", limit: 5 })).filter(({ announced }) => announced);
  expect(withdrawn?.withdrawnAt).not.toBeNull();

  text = document("2999-01-01");
  await sync();
  // The day comes: the announcement now lies a moment behind us.
  await world.db.execute(sql`update model_pricing_history set effective_at = clock_timestamp()
    where model = 'dated' and announced and withdrawn_at is null`);
  await expect
    .poll(
      async () => {
        const [row] = await world.db.execute<{ amount: string }>(
          sql`select input_usd_per_token::text as amount from model_pricing where model = 'dated'`,
        );
        return row?.amount;
      },
      { timeout: 10_000 },
    )
    .toBe("0.000002");
  const [job] = await world.db.execute(sql`select kind, triggered_by from pricing_sync_jobs where kind = 'due'`);
  expect(job).toEqual({ kind: "due", triggered_by: "calendar" });
});

test("what the guard would have held with other thresholds is told from the history, and nothing is written", async () => {
  await world.addSource("trial", () =>
    fetched(openrouterDocument({ "t/one": ["0.000001", "0.000004"], "t/two": ["0.00002", "0.00008"] })),
  );
  await world.ended((await world.trigger({ sources: ["trial"] })).jobId);
  const trial = await tryGuard(world.db, { source: "trial", guard: { inputBound: 10, outputBound: 40 }, days: 30 });
  expect(trial).toMatchObject({
    arrivals: 2,
    wouldHold: 1,
    didHold: 0,
    byReason: { BOUND: 1 },
    lines: [{ model: "t/two", wasHeld: false }],
  });
  expect(await tryGuard(world.db, { source: "trial", guard: {}, days: 30 })).toMatchObject({ wouldHold: 0 });
});

test("the effective book has pins in, held prices out, and the whole price from the first source by rank", async () => {
  const { db } = world;
  await world.addSource("trusted", () =>
    fetched(openrouterDocument({ "e/one": ["0.000001", "0.000004"], "e/held": ["0.9", "0.9"] })),
  );
  await world.addSource("other", () =>
    fetched(openrouterDocument({ "e/one": ["0.0000005", "0.000004"], "e/two": ["0.000001", "0.000004"] })),
  );
  await rankSource(db, ACTOR, { name: "trusted", rank: 1, reason: "it is right", dryRun: false });
  await world.ended((await world.trigger({ sources: ["trusted", "other"] })).jobId);
  const csv =
    "seller,model,variant,meter,unit,usd_per_unit,reason,expires_at\nopenrouter,e/two,,input,,0.0000009,our contract,\n";
  expect(await importPins(db, ACTOR, { csv, dryRun: true })).toMatchObject({ written: 0, pins: [{ action: "set" }] });
  expect(await importPins(db, ACTOR, { csv, dryRun: false })).toMatchObject({ written: 1 });
  expect(await importPins(db, ACTOR, { csv, dryRun: false })).toMatchObject({ written: 0, pins: [{ action: "same" }] });
  expect(await importPins(db, ACTOR, { csv: `${csv}x,y,,input,,-1,bad,\n`, dryRun: false })).toMatchObject({
    written: 0,
    problems: [{ line: 3, problem: expect.stringContaining("usd_per_unit") }],
  });
  const twice = csv.trimEnd().split("\n").at(-1) ?? "";
  expect(await importPins(db, ACTOR, { csv: `${csv}${twice}\n`, dryRun: true })).toMatchObject({
    problems: [{ line: 3, problem: "line 2 pins the same price" }],
  });
  const ending = { csv: `${csv.trimEnd()}2099-01-01T00:00:00Z\n`, dryRun: false };
  expect(await importPins(db, ACTOR, ending)).toMatchObject({ written: 1, pins: [{ action: "replace" }] });
  expect(await importPins(db, ACTOR, ending)).toMatchObject({ written: 0, pins: [{ action: "same" }] });
  const { rates } = await readTogether(db, (tx) => readExportedRates(tx, undefined));
  const shown = rates
    .filter(({ model }) => model.startsWith("e/"))
    .map(({ model, charges, from }) => [model, charges[0]?.amount, from]);
  expect(shown).toEqual([
    ["e/one", "0.000001", ["trusted"]],
    ["e/two", "0.0000009", ["other", "pin"]],
  ]);
  const { conflicts } = await listConflicts(db, { overPercent: 50, limit: 10 });
  expect(conflicts).toMatchObject([
    { meter: "input", ratio: "2", sides: [{ source: "trusted" }, { source: "other" }] },
  ]);
});

test("recorded usage turns a held change, a run, a dry run and a revert into money", async () => {
  await importUsage(
    world.db,
    ACTOR,
    "seller,model,variant,meter,units_per_month\nopenrouter,u/one,,input,1000000000\n",
  );
  let prices: Prices = { "u/one": PLAIN };
  await world.addSource("usage", () => fetched(openrouterDocument(prices)));
  await world.ended((await world.trigger({ sources: ["usage"] })).jobId);
  prices = { "u/one": ["0.0000015", "0.000006"] };
  const dry = await world.ended((await world.trigger({ sources: ["usage"], dryRun: true })).jobId);
  expect(dry.result?.sources["usage"]).toMatchObject({
    monthlyImpactUsd: "500",
    changes: [{ model: "u/one", monthlyImpactUsd: "500" }],
  });
  const run = await world.ended((await world.trigger({ sources: ["usage"] })).jobId);
  expect(await listRateChanges(world.db, { jobId: run.jobId }, { limit: 5 })).toMatchObject([
    { monthlyImpactUsd: "500" },
  ]);
  expect(await previewRevert(world.db, run.jobId, "usage")).toMatchObject({
    monthlyImpactUsd: "-500",
    prices: [{ model: "u/one", monthlyImpactUsd: "-500" }],
  });
  prices = { "u/one": ["0.0000115", "0.000046"] };
  await world.ended((await world.trigger({ sources: ["usage"] })).jobId);
  expect(await listHolds(world.db, { filter: { source: "usage" }, limit: 5 })).toMatchObject([
    { monthlyImpactUsd: "10000" },
  ]);
  await expect(importUsage(world.db, ACTOR, "seller,model\nx,y\n")).rejects.toMatchObject({ code: "INVALID" });
});
