import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { approveHolds, decideHolds, rejectHolds } from "#/book/decide-holds.ts";
import { getPrice } from "#/book/get-price.ts";
import type { HoldFilter } from "#/book/hold-filter.ts";
import { listHoldIds, listReviewedHolds } from "#/book/list-holds.ts";
import { undoDecision } from "#/book/reopen-holds.ts";
import { setUsage } from "#/book/set-usage.ts";
import { ACTOR, fetched, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

const REASON = "checked on the seller's page";
type Prices = Readonly<Record<string, readonly [input: number, output: number]>>;

/** A LiteLLM map whose models are all of one seller. */
function documentOf(seller: string, prices: Prices): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(prices).map(([model, [input, output]]) => [
        `${seller}/${model}`,
        { litellm_provider: seller, mode: "chat", input_cost_per_token: input, output_cost_per_token: output },
      ]),
    ),
  );
}

async function openSeller(source: string, seller: string, first: Prices) {
  let text = documentOf(seller, first);
  await world.addSource(source, () => fetched(text), "litellm");
  const sync = async (prices?: Prices) => {
    if (prices !== undefined) text = documentOf(seller, prices);
    return world.ended((await world.trigger({ sources: [source] })).jobId);
  };
  await sync();
  return { sync };
}

const review = (filter: HoldFilter, limit = 50, cursor?: string) =>
  listReviewedHolds(world.db, { filter: { state: "open", ...filter }, limit, cursor });
const modelsOf = async (filter: HoldFilter) => (await review(filter)).holds.map(({ model }) => model);
const inputOf = async (model: string) =>
  (await getPrice(world.db, { model })).effective[0]?.charges.find(({ meter }) => meter === "input")?.amount;

test("holds come the worst first: lost prices, then by how far they are apart, up or down alike", async () => {
  const plain = [1e-6, 4e-6] as const;
  const seller = await openSeller("order", "sorted", {
    "s-up": plain,
    "s-down": plain,
    "s-lost": plain,
    "s-more": plain,
  });
  await seller.sync({ "s-up": [2e-5, 8e-5], "s-down": [2e-8, 8e-8], "s-lost": [0, 0], "s-more": [7e-4, 2.8e-3] });
  const { holds, total } = await review({ source: "order" });
  expect(holds.map(({ model, ratio }) => [model, ratio])).toEqual([
    ["s-lost", null],
    ["s-more", "700"],
    ["s-down", "0.02"],
    ["s-up", "20"],
  ]);
  expect(total).toBe(4);
});

test("pages follow each other without a gap, and each names the count of all", async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await review({ source: "order" }, 1, cursor);
    expect(page.total).toBe(4);
    seen.push(...page.holds.map(({ model }) => model));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(["s-lost", "s-more", "s-down", "s-up"]);
  await expect(review({}, 1, "nonsense")).rejects.toMatchObject({ code: "INVALID" });
});

test("the order of all holds is that of their pages, and counts those beyond its end", async () => {
  const filter = { state: "open", source: "order" } as const;
  const all = (await review({ source: "order" })).holds.map(({ id }) => id);
  expect(await listHoldIds(world.db, { filter, limit: 10 })).toEqual({ ids: all, total: 4 });
  expect(await listHoldIds(world.db, { filter, limit: 3 })).toEqual({ ids: all.slice(0, 3), total: 4 });
});

test("holds are filtered by source, seller, main reason and factor", async () => {
  expect(await modelsOf({ seller: "sorted", overFactor: 30 })).toEqual(["s-lost", "s-more", "s-down"]);
  expect(await modelsOf({ source: "order", overFactor: 500 })).toEqual(["s-lost", "s-more"]);
  expect(await modelsOf({ source: "order", overFactor: 20 })).toEqual(["s-lost", "s-more", "s-down"]);
  expect(await modelsOf({ source: "another" })).toEqual([]);
  const [first] = (await review({ source: "order" })).holds;
  const main = first?.reasons[0];
  if (main === undefined) throw new Error("a hold without a reason");
  expect(await modelsOf({ source: "order", reason: main })).toContain("s-lost");
  expect(await modelsOf({ source: "order", reason: "VANISH" })).toEqual([]);
});

test("a first price is compared with the nearest of what others asked, and others are shown as then and as now", async () => {
  const known = await openSeller("peer-known", "peered", { "p-one": [1e-6, 4e-6] });
  await openSeller("peer-new", "peered", { "p-one": [5e-6, 2e-5] });
  await known.sync({ "p-one": [2e-6, 8e-6] });
  await world.db.execute(sql`
    update sources set last_success_at = '2026-08-02T00:00:00Z' where name = 'peer-known'`);
  const [hold] = (await review({ source: "peer-new" })).holds;
  const asked = { source: "peer-known", seller: "peered", model: "p-one" };
  expect(hold).toMatchObject({
    ratio: "5",
    old: null,
    evidence: [{ ...asked, amounts: { "input/token": "0.000001" } }],
    evidenceNow: [{ ...asked, amounts: { "input/token": "0.000002" }, seenAt: "2026-08-02T00:00:00+00:00" }],
    monthlyImpactUsd: null,
  });
  const since = Date.parse(hold?.evidenceNow[0]?.since ?? "");
  expect(since).toBeGreaterThan(Date.parse(hold?.observedAt ?? ""));
  expect(Date.parse(hold?.evidenceNowAt ?? "")).toBeGreaterThanOrEqual(since);

  // Of two entries of one offer the later one says since when it is asked.
  await world.db.execute(sql`
    insert into model_pricing (source, seller, model, variant, listing, listed_as, state, charges, fingerprint, effective_at, observed_at)
    select source, seller, model, variant, 'older', listed_as, state, charges, fingerprint, effective_at, '2020-01-01'
    from model_pricing where source = 'peer-known'`);
  const [again] = (await review({ source: "peer-new" })).holds;
  const instants = again?.evidenceNow.map((one) => Date.parse(one.since));
  expect(instants).toEqual([since, since]);
});

test("a dry run of many says what would move and leaves all open; the decision then does it", async () => {
  const seller = await openSeller("many", "decided", { "m-a": [1e-6, 4e-6], "m-b": [1e-6, 4e-6] });
  await seller.sync({ "m-a": [1e-4, 4e-4], "m-b": [2e-4, 8e-4] });
  const usage = {
    seller: "decided",
    model: "m-a",
    variant: "default",
    meter: "input",
    units_per_month: "1000000",
  } as const;
  await setUsage(world.db, ACTOR, [usage]);
  const input = { filter: { source: "many" }, reason: REASON };
  const trial = await decideHolds(world.db, ACTOR, { ...input, decision: "approve", dryRun: true });
  expect(trial).toMatchObject({ decided: 2, settled: 2, changed: 2, monthlyImpactUsd: "99", isDryRun: true });
  const held = (await review({ source: "many" })).holds.map(({ id }) => id);
  expect(trial.ids.toSorted()).toEqual(held.toSorted());
  expect(trial.changes.map(({ model }) => model)).toEqual(["m-b", "m-a"]);
  expect(await modelsOf({ source: "many" })).toEqual(["m-b", "m-a"]);
  expect(await inputOf("m-a")).toBe("0.000001");

  const ids = (await review({ source: "many", model: "m-b" })).holds.map(({ id }) => id);
  const rejected = await decideHolds(world.db, ACTOR, {
    filter: { ids },
    decision: "reject",
    reason: REASON,
    dryRun: false,
  });
  expect(rejected).toMatchObject({ decided: 1, settled: 0, changed: 0, changes: [], isDryRun: false });
  const approved = await decideHolds(world.db, ACTOR, { ...input, decision: "approve", dryRun: false });
  expect(approved).toMatchObject({ decided: 1, ids: held.filter((id) => !ids.includes(id)), settled: 1, changed: 1 });
  expect([await inputOf("m-a"), await inputOf("m-b")]).toEqual(["0.0001", "0.000001"]);
  await expect(decideHolds(world.db, ACTOR, { ...input, decision: "approve", dryRun: true })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("an approval is undone while its price is in force: the offer is held again and the price before counts", async () => {
  const seller = await openSeller("undo", "undone", { "u-one": [1e-6, 4e-6] });
  await seller.sync({ "u-one": [1e-4, 4e-4] });
  const [hold] = (await review({ source: "undo" })).holds;
  const holdId = hold?.id ?? "";
  await approveHolds(world.db, ACTOR, { filter: { ids: [holdId] }, reason: REASON });
  expect(await inputOf("u-one")).toBe("0.0001");
  expect(await undoDecision(world.db, ACTOR, { holdId, reason: "too quick" })).toEqual({ reopened: 1 });
  expect(await inputOf("u-one")).toBe("0.000001");
  expect(await modelsOf({ source: "undo" })).toEqual(["u-one"]);

  await approveHolds(world.db, ACTOR, { filter: { ids: [holdId] }, reason: REASON });
  await seller.sync({ "u-one": [1.1e-4, 4.4e-4] });
  expect(await inputOf("u-one")).toBe("0.00011");
  await expect(undoDecision(world.db, ACTOR, { holdId, reason: "too late" })).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("another price has taken the place") as string,
  });
});

test("a rejection is undone until its source has another price in force", async () => {
  const seller = await openSeller("unreject", "unrejected", { "r-one": [1e-6, 4e-6] });
  await seller.sync({ "r-one": [1e-4, 4e-4] });
  const [hold] = (await review({ source: "unreject" })).holds;
  const holdId = hold?.id ?? "";
  await rejectHolds(world.db, ACTOR, { filter: { ids: [holdId] }, reason: REASON });
  expect(await undoDecision(world.db, ACTOR, { holdId, reason: "too quick" })).toEqual({ reopened: 1 });
  expect(await modelsOf({ source: "unreject" })).toEqual(["r-one"]);
  await rejectHolds(world.db, ACTOR, { filter: { ids: [holdId] }, reason: REASON });
  await seller.sync({ "r-one": [1.2e-6, 4e-6] });
  await expect(undoDecision(world.db, ACTOR, { holdId, reason: "too late" })).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("another price in force since") as string,
  });
});
