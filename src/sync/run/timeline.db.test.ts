import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { compareSyncs } from "#/sync/jobs/compare-syncs.ts";
import { getTimeline } from "#/sync/jobs/get-timeline.ts";
import { listActiveSyncs } from "#/sync/jobs/list-syncs.ts";
import { forceReleaseLock } from "#/sync/lease/force-release-lock.ts";
import { listLockHistory } from "#/sync/lease/list-lock-history.ts";
import { eventually } from "#/testing/eventually.ts";
import {
  ACTOR,
  failed,
  fetched,
  openGate,
  openrouterDocument,
  openSyncWorld,
  type SyncWorld,
} from "#/testing/sync-world.ts";

const SMALL = openrouterDocument({ "openai/gpt-5": ["0.00000125", "0.00001"] });

/** A failure that asking again can't mend. */
const GONE = { outcome: "failed", code: "http_status", message: "away", status: 410, retryable: false } as const;

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld({ leaseMs: 3_000 });
  await world.addSource("one", () => fetched(SMALL));
  await world.addSource("two", () => fetched(SMALL));
  await world.startWorker();
});
afterAll(() => world.close());
beforeEach(() => {
  world.answers.set("one", () => fetched(SMALL));
  world.answers.set("two", () => fetched(SMALL));
});

const run = async () => world.ended((await world.trigger()).jobId);

test("a run's timeline has a lane per source, and no span is outside of the run", async () => {
  const { jobId, startedAt } = await run();
  const timeline = await getTimeline(world.db, jobId);
  expect(timeline).toMatchObject({ startedAt, expected: null, attempts: [{ attempt: 1, outcome: "success" }] });
  expect(timeline.lanes.map(({ source, outcome, failures }) => [source, outcome, failures])).toEqual([
    ["one", "applied", []],
    ["two", "applied", []],
  ]);
  const spans = timeline.lanes.flatMap((lane) => lane.spans);
  expect(spans.map(({ phase }) => phase)).toContain("fetch");
  for (const { from, to } of spans) {
    expect(from).toBeGreaterThanOrEqual(Date.parse(startedAt ?? "") - 1);
    expect(to).toBeLessThanOrEqual(Date.parse(timeline.until) + 1);
  }
});

test("a source that is asked again shows the attempts before, and its row is of the last one alone", async () => {
  let asked = 0;
  world.answers.set("one", () => {
    asked += 1;
    return asked < 3 ? failed(`no answer ${asked}`) : { ...fetched(SMALL), durationMs: 2 };
  });
  const { jobId, log } = await run();
  const entry = log.find(({ source }) => source === "one");
  expect(entry).toMatchObject({ attempt: 3, errorMessage: null, httpStatus: 200, fetchMs: 2 });
  expect(Date.parse(entry?.completedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(entry?.startedAt ?? ""));
  const { lanes, attempts } = await getTimeline(world.db, jobId);
  expect(attempts.map(({ outcome }) => outcome)).toEqual(["retrying", "retrying", "success"]);
  const lane = lanes.find(({ source }) => source === "one");
  expect(lane?.failures).toEqual([
    { attempt: 1, message: "no answer 1" },
    { attempt: 2, message: "no answer 2" },
  ]);
  expect(lane?.spans.filter(({ phase }) => phase === "tried").map(({ attempt }) => attempt)).toEqual([1, 2]);
  const ends = lane?.spans.map(({ to }) => to) ?? [];
  expect(lane?.spans.map(({ from }) => from).slice(1)).toEqual(ends.slice(0, -1));
});

test("a source that fails after it was read leaves nothing of the attempt before in its row", async () => {
  let asked = 0;
  world.answers.set("two", () => {
    asked += 1;
    return asked === 1 ? { ...fetched("{"), bytes: 1 } : failed("gone");
  });
  const { log } = await run();
  expect(log.find(({ source }) => source === "two")).toMatchObject({
    outcome: "failed",
    httpStatus: 500,
    bytes: null,
    payloadDigest: null,
    fetchMs: null,
  });
});

test("while a run is under way its timeline ends now, and says how long the last ones of its kind took", async () => {
  await run();
  const gate = openGate();
  world.answers.set("one", async ({ signal }) => {
    await gate.wait(signal);
    return fetched(SMALL);
  });
  const { jobId } = await world.trigger();
  await eventually("two is done", async () => {
    const { lanes } = await getTimeline(world.db, jobId);
    return lanes.some(({ source, outcome }) => source === "two" && outcome !== null);
  });
  const timeline = await getTimeline(world.db, jobId);
  expect(timeline.lanes.find(({ source }) => source === "one")).toMatchObject({ outcome: null, spans: [] });
  expect(timeline.expected?.seconds).toBeGreaterThan(0);
  const { jobId: chosen } = await world.trigger({ sources: ["one"] });
  gate.open();
  await world.ended(jobId);
  await world.ended(chosen);
});

test("a timeline of a run that does not exist is not found", async () => {
  await expect(getTimeline(world.db, "00000000-0000-4000-8000-000000000000")).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("two runs are compared source by source", async () => {
  const { jobId: a } = await run();
  world.answers.set("one", () => GONE);
  const { jobId: b } = await run();
  const { sources, moved } = await compareSyncs(world.db, { a, b, limit: 10 });
  expect(sources).toMatchObject([
    { source: "one", a: { outcome: "unchanged" }, b: { outcome: "failed", errorMessage: "away" } },
    { source: "two", a: { outcome: "unchanged" }, b: { outcome: "unchanged" } },
  ]);
  expect(moved).toMatchObject({ prices: [], onlyA: 0, onlyB: 0 });
});

test("the lock's history says who held it, and who took it away", async () => {
  const before = await run();
  const gate = openGate();
  world.answers.set("one", async ({ signal }) => {
    await gate.wait(signal);
    return fetched(SMALL);
  });
  const { jobId } = await world.trigger();
  await eventually("the sync runs", async () => {
    const { running } = await listActiveSyncs(world.db);
    return running.some((job) => job.jobId === jobId);
  });
  const [held] = (await listLockHistory(world.db, { limit: 1 })).holdings;
  expect(held).toMatchObject({ jobId, attempt: 1, worker: "worker/1", endedAt: null, outcome: null, released: null });
  await forceReleaseLock(world.db, ACTOR, { reason: "it hangs" });
  gate.open();
  await world.ended(jobId);
  const all = await listLockHistory(world.db, { limit: 100 });
  const mine = all.holdings.filter((one) => one.jobId === jobId);
  expect(mine.at(-1)).toMatchObject({ outcome: "died", released: { by: ACTOR.label, reason: "it hangs" } });
  expect(mine.at(-1)?.endedAt).toBe(mine.at(-1)?.released?.at);
  expect(mine[0]).toMatchObject({ released: null, outcome: "success" });
  expect(all.holdings.find((one) => one.jobId === before.jobId)).toMatchObject({ outcome: "success", released: null });
  expect(all.holdings.map(({ fence }) => BigInt(fence))).toEqual(
    all.holdings.map(({ fence }) => BigInt(fence)).toSorted((x, y) => (x < y ? 1 : -1)),
  );
  const first = await listLockHistory(world.db, { limit: 1 });
  const second = await listLockHistory(world.db, { limit: 1, cursor: first.nextCursor ?? "" });
  expect([...first.holdings, ...second.holdings]).toEqual(all.holdings.slice(0, 2));
});
