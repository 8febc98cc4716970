import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listHolds } from "#/book/list-holds.ts";
import { getPrice } from "#/book/get-price.ts";
import { setPin } from "#/book/set-pin.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import { createFetchSource } from "#/sources/fetch-source.ts";
import { addSource } from "#/sources/add-source.ts";
import { listSources } from "#/sources/list-sources.ts";
import { testNewSource } from "#/sources/test-source.ts";
import { listSourceDays } from "#/sync/jobs/list-source-days.ts";
import { listSourceHealth } from "#/sync/jobs/list-source-health.ts";
import { removeSource } from "#/sync/jobs/remove-source.ts";
import { updateSource } from "#/sync/jobs/update-source.ts";
import { ACTOR, failed, fetched, openGate, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

const REASON = "it has moved";
const sync = async (...sources: string[]) => world.ended((await world.trigger({ sources })).jobId);
const documentOf = (prices: Readonly<Record<string, number>>) =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(prices).map(([model, input]) => [
        `acme/${model}`,
        { litellm_provider: "acme", mode: "chat", input_cost_per_token: input, output_cost_per_token: 4e-6 },
      ]),
    ),
  );
const inputOf = async (model: string) =>
  (await getPrice(world.db, { model })).effective[0]?.charges.find(({ meter }) => meter === "input")?.amount;
const sourceOf = async (name: string) => (await listSources(world.db)).find((one) => one.name === name);
const remove = (name: string, how: { force?: boolean; dryRun?: boolean } = {}) =>
  removeSource(world.db, ACTOR, { name, reason: "it is no more", force: false, dryRun: false, ...how });

test("another address is read anew: what the old one said before is no reason to skip it", async () => {
  await world.addSource("moving", () => ({ ...fetched(documentOf({ "mv-one": 1e-6 })), etag: '"old"' }), "litellm");
  await sync("moving");
  const asked: (string | undefined)[] = [];
  world.answers.set("moved-to", ({ etag }) => {
    asked.push(etag);
    return fetched(documentOf({ "mv-one": 1.1e-6 }));
  });
  const input = { name: "moving", url: "https://moved-to.example/", reason: REASON };
  expect(await updateSource(world.db, ACTOR, input)).toMatchObject({ url: "https://moved-to.example/", rank: 1 });
  await sync("moving");
  expect(asked).toEqual([undefined]);
  expect(await inputOf("mv-one")).toBe("0.0000011");
});

test("what is not given stays, a key's name of null goes, and settings that a kind does not have are refused", async () => {
  await addSource(world.db, ACTOR, { name: "keyed", kind: "openrouter", apiKeyEnv: "ACME_API_KEY" });
  const { url } = (await sourceOf("keyed")) ?? {};
  const update = (part: object) => updateSource(world.db, ACTOR, { name: "keyed", reason: REASON, ...part });
  expect(await update({ apiKeyEnv: "OTHER_API_KEY" })).toMatchObject({ url, apiKeyEnv: "OTHER_API_KEY" });
  expect(await update({ apiKeyEnv: null })).toMatchObject({ url, apiKeyEnv: null });
  expect(await sourceOf("keyed")).toMatchObject({ url, apiKeyEnv: null });
  await expect(update({ options: { colour: "red" } })).rejects.toMatchObject({ code: "INVALID" });
  await expect(update({ url: "https://u:p@acme.example/" })).rejects.toMatchObject({ code: "INVALID" });
  await expect(updateSource(world.db, ACTOR, { name: "nobody", reason: REASON })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("a source that a run reads is neither changed nor removed", async () => {
  const gate = openGate();
  await world.addSource(
    "reading",
    async ({ signal }) => {
      await gate.wait(signal);
      return fetched(documentOf({ "rd-one": 1e-6 }));
    },
    "litellm",
  );
  const { jobId } = await world.trigger({ sources: ["reading"] });
  await expect
    .poll(async () => {
      const [row] = await world.db.execute(sql`select status from pricing_sync_jobs where job_id = ${jobId}::uuid`);
      return row?.["status"];
    })
    .toBe("running");
  await expect(remove("reading")).rejects.toMatchObject({ code: "BUSY" });
  await expect(updateSource(world.db, ACTOR, { name: "reading", reason: REASON })).rejects.toMatchObject({
    code: "BUSY",
  });
  gate.open();
  await world.ended(jobId);
  expect(await remove("reading", { force: true })).toMatchObject({ lost: 1 });
});

test("a source that alone has prices is removed by force only; a trial counts them and changes nothing", async () => {
  await world.addSource("alone", () => fetched(documentOf({ "al-one": 1e-6, "al-two": 1e-6 })), "litellm");
  await sync("alone");
  expect(await remove("alone", { dryRun: true })).toMatchObject({ lost: 2, settled: 2, changed: 2, isDryRun: true });
  await expect(remove("alone")).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("2 prices in force would be lost") as string,
  });
  expect(await inputOf("al-one")).toBe("0.000001");
  expect(await sourceOf("alone")).toBeDefined();
  expect(await remove("alone", { force: true })).toMatchObject({ lost: 2, isDryRun: false });
  expect(await sourceOf("alone")).toBeUndefined();
});

test("without a source the next one by rank counts, pins stay, holds resolve, and the past can still be asked", async () => {
  let first = documentOf({ "rm-both": 1e-6, "rm-pinned": 1e-6, "rm-held": 1e-6 });
  await world.addSource("leaving", () => fetched(first), "litellm");
  await world.addSource("staying", () => fetched(documentOf({ "rm-both": 1.2e-6, "rm-held": 1.2e-6 })), "litellm");
  await sync("leaving", "staying");
  await setPin(world.db, ACTOR, {
    seller: "acme",
    model: "rm-pinned",
    variant: "default",
    charges: [{ meter: "input", unit: "token", amount: "0.0000007" }],
    reason: "our contract",
  });
  first = documentOf({ "rm-both": 1e-6, "rm-pinned": 1e-6, "rm-held": 1e-3 });
  await sync("leaving");
  expect(await listHolds(world.db, { filter: { source: "leaving", state: "open" }, limit: 9 })).toHaveLength(1);
  const at = new Date().toISOString();
  expect(await remove("leaving")).toMatchObject({ lost: 0, settled: 2, changed: 2 });
  expect([await inputOf("rm-both"), await inputOf("rm-pinned")]).toEqual(["0.0000012", "0.0000007"]);
  expect(await listHolds(world.db, { filter: { source: "leaving" }, limit: 9 })).toMatchObject([{ state: "resolved" }]);
  const past = await getPrice(world.db, { model: "rm-both", at });
  expect(past.effective[0]?.charges[0]?.amount).toBe("0.000001");
  const [order] = await world.db.execute<{ names: string[] }>(
    sql`select names from source_orders order by id desc limit 1`,
  );
  expect(order?.names).not.toContain("leaving");
  expect(await verifyRates(world.db, new AbortController().signal)).toMatchObject({ differences: [] });
});

test("a source that comes back under its name has its prices in force again", async () => {
  const document = documentOf({ "back-one": 1e-6 });
  await world.addSource("back", () => fetched(document), "litellm");
  await sync("back");
  await remove("back", { force: true });
  expect(await inputOf("back-one")).toBeUndefined();
  await world.addSource("back", () => fetched(document), "litellm");
  await sync("back");
  expect(await inputOf("back-one")).toBe("0.000001");
  expect(await verifyRates(world.db, new AbortController().signal)).toMatchObject({ differences: [] });
});

test("a source is tried before it is added by what its kind reads, and every field that is refused is listed", async () => {
  const fields = Object.fromEntries(Array.from({ length: 70 }, (_one, n) => [`odd_cost_per_${n}_token`, 1e-6]));
  const text = JSON.stringify({
    "acme/tried": {
      litellm_provider: "acme",
      mode: "chat",
      input_cost_per_token: 1e-6,
      output_cost_per_token: 4e-6,
      ...fields,
    },
  });
  const fetchSource = createFetchSource({
    fetchPayload: async () => fetched(text),
    allowPrivateNetwork: true,
    readSecret: () => undefined,
  });
  const { signal } = new AbortController();
  const tried = await testNewSource({ fetchSource }, { kind: "litellm", url: "https://tried.example/", signal });
  expect(tried).toMatchObject({ name: "litellm", ok: true, offers: { priced: 1 } });
  expect(tried.unreadFields.map(({ field }) => field).toSorted()).toEqual(Object.keys(fields).toSorted());
  await expect(
    testNewSource({ fetchSource }, { kind: "litellm", options: { colour: "red" }, signal }),
  ).rejects.toMatchObject({ code: "INVALID" });
  expect((await listSources(world.db)).some(({ url }) => url.includes("tried"))).toBe(false);
});

test("the log of a run keeps the most frequent unread fields, and counts all others as one", async () => {
  const fields = Object.fromEntries(Array.from({ length: 70 }, (_one, n) => [`odd_cost_per_${n}_token`, 1e-6]));
  const entry = { litellm_provider: "acme", mode: "chat", input_cost_per_token: 1e-6, output_cost_per_token: 4e-6 };
  await world.addSource("odd", () => fetched(JSON.stringify({ "acme/odd": { ...entry, ...fields } })), "litellm");
  const { unreadFields = [] } = (await sync("odd")).log[0] ?? {};
  expect(unreadFields).toHaveLength(51);
  expect(unreadFields.at(-1)).toMatchObject({ field: "other fields", count: 20 });
});

test("the health of a source counts its syncs of 30 days and shows the last ten; trials and other kinds of runs do not count", async () => {
  let isBroken = false;
  const answer = () =>
    isBroken ? { ...failed("the key is wrong"), retryable: false } : fetched(documentOf({ "he-one": 1e-6 }));
  await world.addSource("health", answer, "litellm");
  expect((await listSourceHealth(world.db))("health")).toEqual({ successRate: null, recentFetches: [] });
  await sync("health");
  await sync("health");
  await world.ended((await world.trigger({ sources: ["health"], dryRun: true })).jobId);
  isBroken = true;
  await sync("health");
  await sync("health");
  // A replay says nothing of how well the source is reached.
  const replayed = await sync("health");
  await world.db.execute(sql`update pricing_sync_jobs set kind = 'replay' where job_id = ${replayed.jobId}::uuid`);
  const health = (await listSourceHealth(world.db))("health");
  expect(health.successRate).toBe(0.5);
  expect(health.recentFetches.map(({ outcome }) => outcome)).toEqual(["failed", "failed", "unchanged", "applied"]);
  expect(health.recentFetches[3]).toMatchObject({ bytes: documentOf({ "he-one": 1e-6 }).length, ms: 1 });
  await world.db.execute(sql`
    update pricing_sync_log set completed_at = completed_at - interval '31 days' where source = 'health' and outcome = 'failed'`);
  expect((await listSourceHealth(world.db))("health")).toMatchObject({ successRate: 1 });
});

test("the days of a source count what was read and what failed, and a day is fresh when its end is not long after a success", async () => {
  let isBroken = false;
  const answer = () =>
    isBroken ? { ...failed("the key is wrong"), retryable: false } : fetched(documentOf({ "dy-one": 1e-6 }));
  await world.addSource("daily", answer, "litellm");
  const daysOf = async (days: number, timeZone = "UTC") =>
    (await listSourceDays(world.db, { days, timeZone })).find(({ source }) => source === "daily")?.days ?? [];
  const nothing = { read: 0, failed: 0, cancelled: 0 };
  expect(await daysOf(2)).toMatchObject([
    { ...nothing, isFresh: null },
    { ...nothing, isFresh: null },
  ]);
  const runs = [await sync("daily"), await sync("daily")];
  isBroken = true;
  runs.push(await sync("daily"), await sync("daily"));
  const replayed = await sync("daily");
  await world.db.execute(sql`update pricing_sync_jobs set kind = 'replay' where job_id = ${replayed.jobId}::uuid`);
  // At 13:00 of days past, in UTC: read three days ago, failed the day after.
  const moved = [4, 3, 2, 2];
  for (const [index, { jobId }] of runs.entries()) {
    const at = sql`((clock_timestamp() at time zone 'UTC')::date - ${moved[index]}::int)::timestamp at time zone 'UTC' + interval '13 hours'`;
    await world.db.execute(sql`update pricing_sync_log set completed_at = ${at} where job_id = ${jobId}::uuid`);
  }
  const days = await daysOf(6);
  expect(days.map(({ day }) => day)).toEqual(days.map(({ day }) => day).toSorted());
  expect(days).toMatchObject([
    { ...nothing, isFresh: null },
    { ...nothing, read: 1, isFresh: true },
    { ...nothing, read: 1, isFresh: true },
    { ...nothing, failed: 2, isFresh: false },
    { ...nothing, isFresh: false },
    { ...nothing, isFresh: false },
  ]);
  expect((await daysOf(2))[0]).toMatchObject({ isFresh: false });
  // 13:00 in UTC is the next day on Kiritimati, 14 hours ahead.
  const ahead = await daysOf(6, "Pacific/Kiritimati");
  const readDays = ahead.filter(({ read }) => read > 0).map(({ day }) => day);
  expect(readDays).toEqual(
    days
      .filter(({ failed: bad, read }) => read > 0 || bad > 0)
      .slice(1, 3)
      .map(({ day }) => day),
  );
});
