import { gunzipSync } from "node:zlib";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { getPrice } from "#/book/get-price.ts";
import { sourcePayloads } from "#/sources/schema.ts";
import { listSources } from "#/sources/list-sources.ts";
import { cancelSync } from "#/sync/jobs/cancel-sync.ts";
import { forceReleaseLock } from "#/sync/lease/force-release-lock.ts";
import { getLockStatus } from "#/sync/lease/lease.ts";
import { listActiveSyncs } from "#/sync/jobs/list-syncs.ts";
import { pricingSyncEvents, pricingSyncJobs } from "#/sync/schema.ts";
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

let world: SyncWorld;
const SMALL = openrouterDocument({
  "openai/gpt-5": ["0.00000125", "0.00001"],
  "qwen/qwen3": ["0.0000002", "0.0000006"],
});

beforeAll(async () => {
  world = await openSyncWorld({ leaseMs: 3_000 });
  await world.addSource("one", () => fetched(SMALL));
  await world.startWorker();
});
afterAll(() => world.close());
beforeEach(() => void world.answers.set("one", () => fetched(SMALL)));

async function removeSource(name: string): Promise<void> {
  await world.db.execute(sql`delete from sources where name = ${name}`);
}

async function running(jobId: string): Promise<void> {
  await eventually("the sync runs", async () => {
    const { running: now } = await listActiveSyncs(world.db);
    return now.some((job) => job.jobId === jobId);
  });
}

test("a sync applies what a source says, ends as success, and releases the lock", async () => {
  const { jobId, outcome } = await world.trigger();
  expect(outcome).toBe("queued");
  const sync = await world.ended(jobId);
  expect(sync).toMatchObject({
    status: "success",
    progressPercent: 100,
    attempt: 1,
    triggeredBy: ACTOR.label,
    errorMessage: null,
  });
  expect(sync.log).toMatchObject([{ source: "one", outcome: "applied", counts: { offers: 2, priced: 2, created: 2 } }]);
  const {
    offers: [offer],
  } = await getPrice(world.db, { model: "openai/gpt-5" });
  expect(offer?.charges).toEqual([
    { meter: "input", unit: "token", amount: "0.00000125" },
    { meter: "output", unit: "token", amount: "0.00001" },
  ]);
  expect(offer?.provenance).toMatchObject({ jobId, payloadDigest: sync.log[0]?.payloadDigest });
  const [payload] = await world.db.select().from(sourcePayloads);
  expect(payload?.digest).toBe(sync.log[0]?.payloadDigest);
  expect(gunzipSync(payload?.body ?? "").toString()).toBe(SMALL);
  await eventually("the lock is free", async () => {
    const [row] = await world.db.execute(sql`select locked_by from pricing_sync_lock`);
    return row?.["locked_by"] === null;
  });
});

test("the same payload again writes no price and says how many are unchanged", async () => {
  const before = await world.db.execute(sql`select count(*) from model_pricing_history`);
  const sync = await world.ended((await world.trigger()).jobId);
  expect(sync).toMatchObject({
    status: "success",
    log: [{ outcome: "unchanged", counts: { offers: 2, unchanged: 2, created: 0 } }],
  });
  expect(await world.db.execute(sql`select count(*) from model_pricing_history`)).toEqual(before);
});

test("ten triggers while one runs get ten ids, and run one at a time, in order", async () => {
  const gate = openGate();
  let atOnce = 0;
  let most = 0;
  world.answers.set("one", async ({ signal }) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await gate.wait(signal);
    atOnce -= 1;
    return fetched(SMALL);
  });
  const first = await world.trigger();
  await running(first.jobId);
  const ids = (await Promise.all(Array.from({ length: 10 }, () => world.trigger()))).map((result) => result.jobId);
  expect(new Set(ids).size).toBe(10);
  const { queued } = await listActiveSyncs(world.db);
  expect(queued).toHaveLength(10);
  gate.open();
  for (const jobId of ids) expect((await world.ended(jobId)).status).toBe("success");
  expect(most).toBe(1);
  const rows = await world.db
    .select({
      jobId: pricingSyncJobs.jobId,
      startedAt: pricingSyncJobs.startedAt,
      completedAt: pricingSyncJobs.completedAt,
    })
    .from(pricingSyncJobs)
    .orderBy(pricingSyncJobs.startedAt);
  const order = rows.filter((row) => ids.includes(row.jobId));
  expect(order.map((row) => row.jobId)).toEqual(queued.map((job) => job.jobId));
  const gaps = order
    .slice(1)
    .map((row, index) => (row.startedAt?.getTime() ?? 0) - (order[index]?.completedAt?.getTime() ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
});

test("asked not to queue, a trigger is refused while a sync is under way, and says which", async () => {
  const gate = openGate();
  world.answers.set("one", ({ signal }) => gate.wait(signal).then(() => fetched(SMALL)));
  const first = await world.trigger();
  await expect(world.trigger({ ifBusy: "reject" })).rejects.toMatchObject({
    code: "BUSY",
    retryAfterSeconds: 5,
    message: expect.stringContaining(first.jobId),
  });
  gate.open();
  await world.ended(first.jobId);
  expect((await world.trigger({ ifBusy: "reject" })).outcome).toBe("queued");
});

test("a repeated click with one request id is one sync, however many come at once", async () => {
  const results = await Promise.all(Array.from({ length: 8 }, () => world.trigger({ requestId: "click-1" })));
  expect(new Set(results.map((result) => result.jobId)).size).toBe(1);
  expect(results.filter((result) => result.outcome === "queued")).toHaveLength(1);
});

test("a source that does not exist is refused at once", async () => {
  await expect(world.trigger({ sources: ["nowhere"] })).rejects.toMatchObject({
    code: "INVALID",
    message: expect.stringContaining("nowhere"),
  });
});

test("one failing source makes the run partial, keeps its last prices, and does not count as its success", async () => {
  await world.addSource("two", () => fetched(openrouterDocument({ "x-ai/grok": ["0.000003", "0.000015"] })));
  await world.ended((await world.trigger()).jobId);
  const before = (await listSources(world.db)).find((source) => source.name === "two");
  world.answers.set("two", () => failed("two.example answered 500 Internal Server Error"));
  const sync = await world.ended((await world.trigger()).jobId);
  expect(sync).toMatchObject({
    status: "partial",
    errorMessage: "two: two.example answered 500 Internal Server Error",
  });
  const after = (await listSources(world.db)).find((source) => source.name === "two");
  expect(after).toMatchObject({ lastOutcome: "failed", lastSuccessAt: before?.lastSuccessAt });
  expect((await getPrice(world.db, { model: "x-ai/grok" })).offers[0]?.state).toBe("priced");
  const alone = await world.ended((await world.trigger({ sources: ["two"] })).jobId);
  expect(alone.status).toBe("failed");
  await removeSource("two");
});

test("a source that asked us to wait is not asked again before its time, and the run says so", async () => {
  let asked = 0;
  await world.addSource("limited", () => {
    asked += 1;
    return {
      outcome: "failed",
      code: "rate_limited",
      message: "limited.example answered 429",
      status: 429,
      retryAfterSeconds: 60,
      retryable: true,
    };
  });
  await world.ended((await world.trigger({ sources: ["limited"] })).jobId);
  const sync = await world.ended((await world.trigger({ sources: ["limited"] })).jobId);
  expect(asked).toBe(1);
  expect(sync.errorMessage).toMatch(/limited\.example asked us to wait; the next try is possible in \d+ s/);
  await removeSource("limited");
});

test("a payload with under half of the offers is refused as a whole", async () => {
  await world.addSource("shrinking", () =>
    fetched(
      openrouterDocument(
        Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a/m${i}`, ["0.000001", "0.000002"] as const])),
      ),
    ),
  );
  await world.ended((await world.trigger({ sources: ["shrinking"] })).jobId);
  world.answers.set("shrinking", () => fetched(openrouterDocument({ "a/m1": ["0.000009", "0.000002"] })));
  const sync = await world.ended((await world.trigger({ sources: ["shrinking"] })).jobId);
  expect(sync).toMatchObject({
    status: "failed",
    log: [{ errorCode: "collapsed", payloadDigest: expect.any(String) }],
  });
  expect((await getPrice(world.db, { model: "a/m1" })).offers[0]?.charges[0]?.amount).toBe("0.000001");
  await removeSource("shrinking");
});

test("a queued sync that is cancelled never starts", async () => {
  const gate = openGate();
  world.answers.set("one", ({ signal }) => gate.wait(signal).then(() => fetched(SMALL)));
  const first = await world.trigger();
  const second = await world.trigger();
  expect(await cancelSync(world, ACTOR, second)).toMatchObject({ outcome: "cancelled" });
  gate.open();
  await world.ended(first.jobId);
  expect(await world.ended(second.jobId)).toMatchObject({
    status: "cancelled",
    startedAt: null,
    durationSeconds: null,
    attempt: 0,
  });
  expect(await cancelSync(world, ACTOR, second)).toMatchObject({ outcome: "already_ended" });
});

test("a running sync that is cancelled stops, and what was applied stays", async () => {
  await world.addSource("stuck", ({ signal }) =>
    openGate()
      .wait(signal)
      .then(() => failed("aborted")),
  );
  const { jobId } = await world.trigger();
  await eventually("source one is done", async () => {
    const { running: now } = await listActiveSyncs(world.db);
    return now.find((job) => job.jobId === jobId)?.progress?.sources["one"]?.phase === "done";
  });
  expect(await cancelSync(world, ACTOR, { jobId })).toMatchObject({ outcome: "cancelling" });
  const sync = await world.ended(jobId);
  expect(sync).toMatchObject({ status: "cancelled", log: [{ source: "one", outcome: "unchanged" }] });
  await removeSource("stuck");
});

test("a sync that is cancelled in the moment before it would ask a source again does not ask it again", async () => {
  const gate = openGate();
  let asked = 0;
  await world.addSource("flaky", async ({ signal }) => {
    asked += 1;
    await gate.wait(signal);
    return failed("not today");
  });
  const { jobId } = await world.trigger({ sources: ["flaky"] });
  await eventually("it is asked", async () => asked === 1);
  // Sooner than the worker looks for a wish like this.
  await cancelSync(world, ACTOR, { jobId });
  gate.open();
  expect(await world.ended(jobId)).toMatchObject({
    status: "cancelled",
    attempt: 1,
    attempts: [{ outcome: "cancelled" }],
    errorMessage: `Cancelled by ${ACTOR.label}; sources that were applied before stay applied`,
  });
  expect(asked).toBe(1);
  await removeSource("flaky");
});

test("a sync that somebody marks as failed by hand stops, and stays as they left it", async () => {
  await world.addSource("stuck", ({ signal }) =>
    openGate()
      .wait(signal)
      .then(() => failed("aborted")),
  );
  const { jobId } = await world.trigger();
  await running(jobId);
  await world.db.execute(
    sql`update pricing_sync_jobs set status = 'failed', completed_at = now(), error_message = 'by hand' where job_id = ${jobId}`,
  );
  await eventually("watchers hear of it", async () => {
    const rows = await world.db.select().from(pricingSyncEvents).where(eq(pricingSyncEvents.jobId, jobId));
    return rows.some((row) => row.kind === "ended");
  });
  expect(await world.ended(jobId)).toMatchObject({ status: "failed", errorMessage: "by hand" });
  await removeSource("stuck");
});

test("an operator takes the lock from a stuck sync with a reason; its writer is shut out, and it runs again", async () => {
  let attempts = 0;
  const gate = openGate();
  await world.addSource("stuck", () => {
    attempts += 1;
    // Deaf to the abort, as something stuck is.
    return attempts === 1 ? gate.wait(new AbortController().signal).then(() => fetched(SMALL)) : fetched(SMALL);
  });
  const { jobId } = await world.trigger({ sources: ["stuck"] });
  await eventually("it is stuck", async () => attempts === 1);
  const before = await getLockStatus(world.db);
  const { released, lock } = await forceReleaseLock(world.db, ACTOR, { reason: "it hangs" });
  expect(released).toBe(true);
  expect(lock.held).toBe(false);
  expect(BigInt(lock.fence ?? 0)).toBeGreaterThan(BigInt(before.fence ?? 0));
  expect(
    await world.db.execute(sql`select actor, action, reason from audit_log where action = 'lock.release'`),
  ).toEqual([{ actor: ACTOR.label, action: "lock.release", reason: "it hangs" }]);
  gate.open();
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 2 });
  expect(await forceReleaseLock(world.db, ACTOR, { reason: "again" })).toMatchObject({ released: false });
  await removeSource("stuck");
});

test("while the lock can't be asked for nothing runs, and it goes on when it can", async () => {
  await world.db.execute(sql`alter table pricing_sync_lock rename to pricing_sync_lock_away`);
  const { jobId } = await world.trigger();
  await new Promise((resolve) => setTimeout(resolve, 600));
  const { running: none, queued } = await listActiveSyncs(world.db);
  await world.db.execute(sql`alter table pricing_sync_lock_away rename to pricing_sync_lock`);
  expect(none).toEqual([]);
  expect(queued).toMatchObject([{ jobId, attempt: 0 }]);
  expect(await world.ended(jobId)).toMatchObject({ status: "success" });
});

test("an exhausted pool does not cost the lease", async () => {
  const gate = openGate();
  world.answers.set("one", ({ signal }) => gate.wait(signal).then(() => fetched(SMALL)));
  const { jobId } = await world.trigger();
  await running(jobId);
  // Longer than the lease of 3 s, on every connection of the pool.
  await Promise.all(Array.from({ length: 10 }, () => world.db.execute(sql`select pg_sleep(3.5)`)));
  gate.open();
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 1 });
});
