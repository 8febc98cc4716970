import { sql, type SQL } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeExport } from "#/serve/write-export.ts";
import { addSpelling } from "#/book/add-spelling.ts";
import { approveHolds } from "#/book/decide-holds.ts";
import { endExpiredPins } from "#/book/end-expired-pins.ts";
import { getPrice } from "#/book/get-price.ts";
import { listPricesInForce, priceInForce, readExportedRates } from "#/book/list-rates.ts";
import { readTogether } from "#/book/read-together.ts";
import { readBookMark } from "#/book/book-mark.ts";
import { listPrices } from "#/book/list-prices.ts";
import { rankSource } from "#/book/rank-source.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import type { Db } from "#/platform/database.ts";
import { packPayload } from "#/sources/store-payload.ts";
import { triggerBackfill } from "#/sync/jobs/trigger-backfill.ts";
import { triggerRevert } from "#/sync/jobs/trigger-revert.ts";
import { ACTOR, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

const REASON = "we know better";
type Prices = Record<string, readonly [string, string]>;

/** A source whose document the test writes. */
async function openSource(name: string, first: Prices) {
  let prices = first;
  await world.addSource(name, () => fetched(openrouterDocument(prices)));
  const sync = async () => (await world.ended((await world.trigger({ sources: [name] })).jobId)).jobId;
  return { sync, serve: (next: Prices) => (prices = next) };
}

/** The rate in force, where it comes from, and the version that brought it. */
async function rateOf(model: string) {
  const [rate] = (await getPrice(world.db, { model })).effective;
  const input = rate?.charges.find(({ meter }) => meter === "input");
  const [version] = await world.db.execute<{ cause: string; job: string | null; actor: string | null }>(sql`
    select cause, job_id as job, actor from book_versions where version = ${rate?.version ?? "0"}::bigint`);
  const { version: newest } = await readBookMark(world.db);
  return {
    amount: input?.amount ?? rate?.state,
    source: input?.source,
    cause: rate?.cause,
    isNewest: rate?.version === newest,
    version,
  };
}

const pin = (model: string, amount: string, more = {}) =>
  setPin(world.db, ACTOR, {
    seller: "openrouter",
    model,
    variant: "default",
    meter: "input",
    charges: [{ meter: "input", unit: "token", amount }],
    reason: REASON,
    ...more,
  });
const rank = (name: string, place: number) =>
  rankSource(world.db, ACTOR, { name, rank: place, reason: REASON, dryRun: false });

test("every cause brings its rate under its own version, with where it comes from, and nothing else brings one", async () => {
  const model = "c/one";
  const first = await openSource("one", { [model]: ["0.000001", "0.000004"], "c/kept": ["0.000001", "0.000004"] });
  const second = await openSource("two", { [model]: ["0.0000012", "0.000005"] });
  const expectRate = async (amount: string, source: string | undefined, cause: string, more = {}) =>
    expect(await rateOf(model)).toMatchObject({ amount, source, cause, isNewest: true, version: { cause, ...more } });

  const jobId = await first.sync();
  await expectRate("0.000001", "one", "sync", { job: jobId, actor: null });
  const { mark } = await readBookMark(world.db);
  await second.sync();
  expect((await readBookMark(world.db)).mark).toBe(mark);
  expect(await rankSource(world.db, ACTOR, { name: "two", rank: 1, reason: REASON, dryRun: true })).toMatchObject({
    order: ["two", "one"],
    changed: 1,
    changes: [{ model, previousCharges: [{ amount: "0.000001" }, {}], charges: [{ amount: "0.0000012" }, {}] }],
  });
  expect((await readBookMark(world.db)).mark).toBe(mark);
  await rank("two", 1);
  await expectRate("0.0000012", "two", "rank", { actor: ACTOR.label, job: null });
  await pin(model, "0.0000007");
  await expectRate("0.0000007", "pin", "pin", { actor: ACTOR.label });
  await clearPin(world.db, ACTOR, { seller: "openrouter", model, variant: "default", meter: "input", reason: REASON });
  await expectRate("0.0000012", "two", "unpin");
  await pin(model, "0.0000008", { expiresAt: new Date(Date.now() + 300).toISOString() });
  await expect.poll(async () => (await rateOf(model)).amount).toBe("0.0000012");
  await endExpiredPins(world.db);
  await expect
    .poll(() => rateOf(model))
    .toMatchObject({ source: "two", cause: "expire", version: { cause: "expire" } });

  second.serve({ [model]: ["0.00012", "0.0005"] });
  await second.sync();
  expect(await rateOf(model)).toMatchObject({ amount: "0.0000012" });
  await approveHolds(world.db, ACTOR, { filter: { source: "two" }, reason: REASON });
  await expectRate("0.00012", "two", "approve", { actor: ACTOR.label });
  first.serve({ [model]: ["0.0000011", "0.0000044"], "c/kept": ["0.000001", "0.000004"] });
  const moved = await first.sync();
  await rank("one", 1);
  await expectRate("0.0000011", "one", "rank");
  const { jobId: reverting } = await triggerRevert({ db: world.db, queue: world.queue }, ACTOR, {
    jobId: moved,
    reason: REASON,
  });
  await world.ended(reverting);
  await expectRate("0.000001", "one", "revert", { job: reverting });

  first.serve({ "c/kept": ["0.000001", "0.000004"] });
  await world.db.execute(sql`update model_pricing set missed_payloads = 2 where source = 'one' and model = ${model}`);
  await first.sync();
  // A payload may bring much at once: the version is the payload's, the rate says what it was for it.
  await expectRate("0.00012", "two", "delist", { cause: "sync" });
  expect(await verifyRates(world.db)).toMatchObject({ differences: [] });
});

test("an archive is settled from its own day, and an announced price on its day, each under a version of its own", async () => {
  const { db, queue } = world;
  await world.addSource("old", () => fetched("[]"));
  const payload = await packPayload(openrouterDocument({ "a/one": ["0.000001", "0.000004"] }));
  const { jobId } = await triggerBackfill({ db, queue }, ACTOR, { source: "old", at: "2024-01-01T00:00:00Z", payload });
  await world.ended(jobId);
  expect(await rateOf("a/one")).toMatchObject({ cause: "backfill", version: { cause: "backfill", job: jobId } });
  expect((await getPrice(db, { model: "a/one", at: "2024-06-01T00:00:00Z" })).effective).toHaveLength(1);

  const document = (more: unknown[]) =>
    fetched(
      JSON.stringify([{ id: "acme", models: [{ id: "a/two", prices: [{ prices: { input_mtok: 3 } }, ...more] }] }]),
    );
  const later = { constraint: { start_date: "2999-01-01" }, prices: { input_mtok: 4 } };
  await world.addSource("calendar", () => document([later]), "genai-prices");
  await world.ended((await world.trigger({ sources: ["calendar"] })).jobId);
  const { mark } = await readBookMark(db);
  expect((await getPrice(db, { model: "a/two", at: "2999-02-01T00:00:00Z" })).effective).toMatchObject([
    { cause: "due", charges: [{ amount: "0.000004" }] },
  ]);
  // The day comes, before anybody has noticed it.
  await db.execute(sql`
    with day as (select clock_timestamp() as now),
      history as (update model_pricing_history set effective_at = now from day where model = 'a/two' and announced)
    update rates set valid_from = now from day where model = 'a/two' and not is_news`);
  expect(await rateOf("a/two")).toMatchObject({ amount: "0.000004", source: "calendar" });
  expect((await readBookMark(db)).mark).not.toBe(mark);
  await expect
    .poll(() => rateOf("a/two"), { timeout: 20_000 })
    .toMatchObject({ amount: "0.000004", cause: "due", isNewest: true, version: { cause: "due" } });
  expect(await verifyRates(db)).toMatchObject({ differences: [] });
});

test("pins, approvals, orders and syncs at once end as one after the other, under versions without gaps", async () => {
  const models = Array.from({ length: 6 }, (_, index) => `w/${index}`);
  const prices = (amount: string): Prices => Object.fromEntries(models.map((model) => [model, [amount, "0.000004"]]));
  const left = await openSource("left", prices("0.000001"));
  const right = await openSource("right", prices("0.0000012"));
  await left.sync();
  await right.sync();
  right.serve({ ...prices("0.0000012"), "w/0": ["0.0012", "0.004"] });
  await right.sync();
  for (let round = 0; round < 4; round += 1) {
    left.serve(prices(`0.00000100${round}`));
    right.serve({ ...prices(`0.00000120${round}`), "w/0": ["0.0012", "0.004"] });
    const outcomes = await Promise.allSettled([
      left.sync(),
      right.sync(),
      rank(round % 2 === 0 ? "right" : "left", 1),
      ...models.flatMap((model, index) => [
        pin(model, `0.00000000${round + 1}`),
        pin(model, `0.0000000${round + 1}`),
        ...(index % 2 === round % 2
          ? [
              clearPin(world.db, ACTOR, {
                seller: "openrouter",
                model,
                variant: "default",
                meter: "input",
                reason: REASON,
              }),
            ]
          : []),
      ]),
      ...(round === 1 ? [approveHolds(world.db, ACTOR, { filter: { source: "right" }, reason: REASON })] : []),
      ...(round === 2
        ? [addSpelling(world.db, ACTOR, { spelling: "router-of-old", seller: "openrouter", reason: REASON })]
        : []),
    ]);
    const broken = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason as { code?: string }] : []));
    // Clearing what nobody has pinned yet is refused in words; nothing else goes wrong.
    expect(broken.filter(({ code }) => code !== "NOT_FOUND")).toEqual([]);
    expect(await verifyRates(world.db)).toMatchObject({ differences: [], total: 0 });
  }
});

test("every door gives the same charges for every rate, also right after two sources have changed places", async () => {
  const { db } = world;
  for (const round of ["as they are", "the last one first"]) {
    if (round !== "as they are") await rank("right", 1);
    const { rates } = await readTogether(db, (tx) => readExportedRates(tx, undefined));
    expect(rates.length).toBeGreaterThan(8);
    const pages = [];
    for (let cursor: string | undefined, isLast = false; !isLast;) {
      const page = await listPricesInForce(db, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      pages.push(...page.prices);
      cursor = page.nextCursor ?? undefined;
      isLast = cursor === undefined;
    }
    expect(pages).toEqual(rates.map((rate) => priceInForce.parse(rate)));
    const { rates: listed } = await listPrices(db, { limit: 500 });
    const priced = listed.filter(({ state }) => state === "priced" || state === "free");
    expect(priced.map(({ charges }) => charges)).toEqual(rates.map(({ charges }) => charges));
    const csv = (await writeExport(db, { format: "csv" })).text.split("\n");
    for (const { seller, model, variant, charges } of rates) {
      const { effective } = await getPrice(db, { model, seller, variant });
      expect(effective[0]?.charges.map(({ meter, unit, amount }) => ({ meter, unit, amount }))).toEqual(charges);
      for (const { meter, unit, amount } of charges)
        expect(
          csv.some(
            (line) => line.startsWith(`${seller},${model},${variant}`) && line.includes(`${meter},${unit},${amount}`),
          ),
        ).toBe(true);
    }
  }
});

/** The same database, in which a price changes right after the first answer. */
function changingAfterFirst<Target extends Pick<Db, "execute" | "transaction">>(
  target: Target,
  change: () => Promise<unknown>,
): Target {
  let isFirst = true;
  const execute = async (query: SQL) => {
    const rows = await target.execute(query);
    if (isFirst) await change();
    isFirst = false;
    return rows;
  };
  const transaction: Db["transaction"] = (work, config) =>
    target.transaction((tx) => work(changingAfterFirst(tx, change)), config);
  return new Proxy(target, {
    get: (own, name) => ({ execute, transaction })[String(name)] ?? (Reflect.get(own, name) as unknown),
  });
}

test("a page that is read while a price changes is of the version that it names", async () => {
  const { db } = world;
  await pin("w/1", "0.00000001");
  const changing = changingAfterFirst(db, () => pin("w/1", "0.00000002"));
  const page = await listPricesInForce(changing, { model: "w/1", limit: 10 });
  expect(page.prices[0]?.charges.find(({ meter }) => meter === "input")?.amount).toBe("0.00000001");
  expect(Number((await readBookMark(db)).version)).toBe(Number(page.version) + 1);
});
