import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { approveHolds, rejectHolds } from "#/book/decide-holds.ts";
import { getPrice } from "#/book/get-price.ts";
import { listHolds, listReviewedHolds } from "#/book/list-holds.ts";
import { listPrices } from "#/book/list-prices.ts";
import { reopenHolds } from "#/book/reopen-holds.ts";
import { addSource } from "#/sources/add-source.ts";
import { triggerRevert } from "#/sync/jobs/trigger-revert.ts";
import { ACTOR, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

const REASON = "checked on the seller's page";
const DAY = "2999-01-01";
const AFTER = "2999-02-01T00:00:00Z";

/** A source of one model that costs $3 now and, when it says so, $300 from a later day on, which the guard holds. */
async function openAnnouncing(name: string) {
  let isAnnounced = true;
  const document = () =>
    JSON.stringify([
      {
        id: "acme",
        models: [
          {
            id: name,
            prices: [
              { prices: { input_mtok: 3 } },
              ...(isAnnounced ? [{ constraint: { start_date: DAY }, prices: { input_mtok: 300 } }] : []),
            ],
          },
        ],
      },
    ]);
  world.answers.set(name, () => fetched(document()));
  await addSource(world.db, ACTOR, { name, kind: "genai-prices", url: `https://${name}.example/` });
  const sync = async () => world.ended((await world.trigger({ sources: [name] })).jobId);
  await sync();
  const [hold] = await listHolds(world.db, { filter: { source: name }, limit: 9 });
  if (hold === undefined) throw new Error("the announced price was not held");
  return {
    id: hold.id,
    sync,
    withdraw: () => void (isAnnounced = false),
    filter: { source: name, state: "open" as const },
    reopen: () => reopenHolds(world.db, ACTOR, { ids: [hold.id], reason: "too quick" }),
    states: async () => (await listHolds(world.db, { filter: { source: name }, limit: 9 })).map(({ state }) => state),
    input: async (at?: string) =>
      (await getPrice(world.db, { model: name, at })).effective[0]?.charges.find(({ meter }) => meter === "input")
        ?.amount,
    /** The announced day comes, for the hold and for what an approval wrote. */
    comeDay: () =>
      world.db.execute(sql`
        with day as (select clock_timestamp() as now), held as (
          update price_holds set effective_at = now from day where id = ${hold.id}::bigint)
        update model_pricing_history set effective_at = now from day where model = ${name} and announced`),
  };
}

test("a hold on an announced price shows the same in the list and in the model's price", async () => {
  const { id } = await openAnnouncing("announced");
  const { offers } = await getPrice(world.db, { model: "announced" });
  expect(offers.map(({ listing }) => listing.heldBy)).toEqual([id]);
  const listed = await listPrices(world.db, { search: "announced", limit: 9 });
  expect(listed.rates).toMatchObject([{ model: "announced", isHeld: true }]);
  expect((await listPrices(world.db, { search: "announced", mark: "held", limit: 9 })).total).toBe(1);
});

test("of two holds of one offer the model's price names the one that would count first, once", async () => {
  const { id } = await openAnnouncing("two-holds");
  const [later] = await world.db.execute<{ id: string }>(sql`
    insert into price_holds (source, seller, model, variant, listing, listed_as, reasons, findings, evidence, new_state, new_charges,
      new_fingerprint, effective_at, observed_at, last_seen_at, job_id)
    select source, seller, model, variant, listing, listed_as, reasons, findings, evidence, new_state, new_charges, new_fingerprint,
      null, observed_at, last_seen_at, job_id from price_holds where id = ${id}::bigint returning id::text`);
  const { offers } = await getPrice(world.db, { model: "two-holds" });
  expect(offers.map(({ listing }) => listing.heldBy)).toEqual([later?.id]);
});

test("an approval of an announced price can be taken back before its day: nothing is announced any more", async () => {
  const source = await openAnnouncing("ahead");
  await approveHolds(world.db, ACTOR, { filter: source.filter, reason: REASON });
  expect(await source.input(AFTER)).toBe("0.0003");
  expect(await source.reopen()).toEqual({ reopened: 1 });
  expect([await source.input(), await source.input(AFTER)]).toEqual(["0.000003", "0.000003"]);
  expect(await source.states()).toEqual(["open"]);
  await source.sync();
  expect(await source.states()).toEqual(["open"]);
  await approveHolds(world.db, ACTOR, { filter: source.filter, reason: REASON });
  expect(await source.input(AFTER)).toBe("0.0003");
});

test("an approval of an announced price can be taken back after its day: the price before is in force again", async () => {
  const source = await openAnnouncing("come");
  await approveHolds(world.db, ACTOR, { filter: source.filter, reason: REASON });
  await source.comeDay();
  await expect
    .poll(
      async () => {
        const [row] = await world.db.execute<{ amount: string }>(
          sql`select input_usd_per_token::text as amount from model_pricing where model = 'come'`,
        );
        return row?.amount;
      },
      { timeout: 10_000 },
    )
    .toBe("0.0003");
  await source.reopen();
  expect(await source.input()).toBe("0.000003");
  expect(await source.states()).toEqual(["open"]);
});

test("a rejection of an announced price can be taken back", async () => {
  const source = await openAnnouncing("refused");
  await rejectHolds(world.db, ACTOR, { filter: source.filter, reason: REASON });
  await source.reopen();
  expect(await source.states()).toEqual(["open"]);
});

test("an approval of an announced price that the source has withdrawn since can't be taken back, and says why", async () => {
  const source = await openAnnouncing("withdrawn");
  await approveHolds(world.db, ACTOR, { filter: source.filter, reason: REASON });
  source.withdraw();
  await source.sync();
  await expect(source.reopen()).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("another price has taken the place"),
  });
});

test("a hold that is reopened when the source no longer asks its price resolves itself with the next sync", async () => {
  let text = openrouterDocument({ "a/over": ["0.000001", "0.000004"] });
  await world.addSource("over", () => fetched(text));
  const sync = async (input: string) => {
    text = openrouterDocument({ "a/over": [input, "0.000004"] });
    await world.ended((await world.trigger({ sources: ["over"] })).jobId);
  };
  await sync("0.000001");
  await sync("0.0001");
  const [hold] = await listHolds(world.db, { filter: { source: "over" }, limit: 1 });
  await rejectHolds(world.db, ACTOR, { filter: { source: "over", state: "open" }, reason: REASON });
  await sync("0.000002");
  await reopenHolds(world.db, ACTOR, { ids: [hold?.id ?? ""], reason: "too quick" });
  await sync("0.000002");
  expect(await listHolds(world.db, { filter: { source: "over" }, limit: 9 })).toMatchObject([
    { id: hold?.id, state: "resolved", decision: expect.stringContaining("gone upstream") },
  ]);
});

test("what a revert took back is no decision on a hold, and can't be reopened", async () => {
  let text = openrouterDocument({ "a/reverted": ["0.000001", "0.000004"] });
  await world.addSource("reverted", () => fetched(text));
  const sync = async () => world.ended((await world.trigger({ sources: ["reverted"] })).jobId);
  await sync();
  text = openrouterDocument({ "a/reverted": ["0.000002", "0.000004"] });
  const { jobId } = await sync();
  await world.ended((await triggerRevert(world, ACTOR, { jobId, reason: REASON })).jobId);
  const [tombstone] = await listHolds(world.db, { filter: { source: "reverted" }, limit: 9 });
  expect(tombstone).toMatchObject({ state: "rejected", reasons: ["REVERTED"] });
  const ids = [tombstone?.id ?? ""];
  await expect(reopenHolds(world.db, ACTOR, { ids, reason: "it was right" })).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("revert of a run"),
  });
  expect(await listHolds(world.db, { filter: { source: "reverted" }, limit: 9 })).toMatchObject([
    { state: "rejected" },
  ]);
});

test("a hold that can't be reopened is named with what is true of it", async () => {
  let text = openrouterDocument({ "a/named": ["0.000001", "0.000004"] });
  await world.addSource("named", () => fetched(text));
  const sync = async (input: string) => {
    text = openrouterDocument({ "a/named": [input, "0.0004"] });
    await world.ended((await world.trigger({ sources: ["named"] })).jobId);
  };
  const reopen = (...ids: string[]) => reopenHolds(world.db, ACTOR, { ids, reason: "too quick" });
  const filter = { source: "named", state: "open" as const };
  await world.ended((await world.trigger({ sources: ["named"] })).jobId);
  await sync("0.0001");
  const [first] = await listHolds(world.db, { filter, limit: 1 });
  await expect(reopen(first?.id ?? "")).rejects.toThrow(/is open already/);
  await expect(reopen("999999")).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringContaining("There is no hold 999999"),
  });
  await rejectHolds(world.db, ACTOR, { filter, reason: REASON });
  await sync("0.0002");
  const [second] = await listHolds(world.db, { filter, limit: 1 });
  await expect(reopen(first?.id ?? "")).rejects.toThrow(/together with another hold/);
  await rejectHolds(world.db, ACTOR, { filter, reason: REASON });
  await expect(reopen(first?.id ?? "", second?.id ?? "")).rejects.toThrow(/together with another hold/);
  expect(await reopen(second?.id ?? "", second?.id ?? "")).toEqual({ reopened: 1 });
});

test("a hold keeps what other sources said when it was held, and is shown with what they say now", async () => {
  let text = openrouterDocument({ "a/alone": ["0.0001", "0.0004"] });
  await world.addSource("alone", () => fetched(text));
  await world.ended((await world.trigger({ sources: ["alone"] })).jobId);
  const review = async () => (await listReviewedHolds(world.db, { filter: { source: "alone" }, limit: 9 })).holds[0];
  expect(await review()).toMatchObject({ model: "a/alone", evidence: [], evidenceNow: [] });
  text = openrouterDocument({ "a/alone": ["0.000002", "0.000008"] });
  await world.addSource("also-has-it", () => fetched(text));
  await world.ended((await world.trigger({ sources: ["also-has-it"] })).jobId);
  expect(await review()).toMatchObject({
    evidence: [],
    evidenceNow: [
      { source: "also-has-it", model: "a/alone", isSameSeller: true, amounts: { "input/token": "0.000002" } },
    ],
  });
});
