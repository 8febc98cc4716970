import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import { forceReleaseLock } from "#/sync/lease/force-release-lock.ts";
import { acquireLease, getLockStatus, releaseLease, renewLease, type Lease } from "#/sync/lease/lease.ts";
import { ACTOR } from "#/testing/sync-world.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => void (database = await openTestDatabase()));
afterAll(() => database.close());
beforeEach(() => database.db.execute(sql`delete from pricing_sync_lock`));

const JOB = randomUUID();

function acquire(leaseMs = 30_000): Promise<Lease | undefined> {
  return acquireLease(database.db, { owner: randomUUID(), worker: "host/1", jobId: JOB, leaseMs });
}

async function mustAcquire(leaseMs?: number): Promise<Lease> {
  const lease = await acquire(leaseMs);
  if (lease === undefined) throw new Error("the lease is busy");
  return lease;
}

/** Moves the end of the lease into the past, as if its time had run out. */
async function expire(): Promise<void> {
  await database.db.execute(
    sql`update pricing_sync_lock set expires_at = clock_timestamp() - interval '1 millisecond'`,
  );
}

test("of many contenders at once exactly one gets the lease, in every round, and the fence rises with every grant", async () => {
  let highest = 0n;
  for (let round = 0; round < 40; round += 1) {
    const grants = (await Promise.all(Array.from({ length: 50 }, () => acquire()))).filter(
      (lease) => lease !== undefined,
    );
    expect(grants).toHaveLength(1);
    const fence = grants[0]?.fence ?? 0n;
    expect(fence).toBeGreaterThan(highest);
    highest = fence;
    await expire();
  }
});

test("a held lease is busy; an expired one is taken over at once with a higher fence", async () => {
  const first = await mustAcquire();
  expect(await acquire()).toBeUndefined();
  await expire();
  expect((await mustAcquire()).fence).toBeGreaterThan(first.fence);
});

test("a takeover judges by the clock of its statement, not by the start of its transaction", async () => {
  await mustAcquire(300);
  const taken = await database.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_sleep(0.4)`);
    return acquireLease(tx, { owner: "b", worker: "host/2", jobId: JOB, leaseMs: 1_000 });
  });
  expect(taken).toBeDefined();
});

test("only the owner under its fence can renew, and not once the time has run out", async () => {
  const lease = await mustAcquire();
  expect(await renewLease(database.db, lease, 30_000)).toBe(true);
  expect(await renewLease(database.db, { ...lease, owner: "somebody else" }, 30_000)).toBe(false);
  await expire();
  expect(await renewLease(database.db, lease, 30_000)).toBe(false);
});

test("a release frees it at once, and a late release of a former holder changes nothing", async () => {
  const first = await mustAcquire();
  await releaseLease(database.db, first);
  expect(await getLockStatus(database.db)).toMatchObject({ held: false, worker: null, secondsLeft: 0 });
  const second = await mustAcquire();
  await releaseLease(database.db, first);
  expect(await getLockStatus(database.db)).toMatchObject({ held: true, fence: String(second.fence), worker: "host/1" });
});

test("a hand-made DELETE of the row does not restart the fence, and the former holder can't write", async () => {
  const first = await mustAcquire();
  await database.db.execute(sql`delete from pricing_sync_lock`);
  expect((await mustAcquire()).fence).toBeGreaterThan(first.fence);
  await expect(
    fencedTransaction({ db: database.db, leaseMs: 30_000 }, first, () => Promise.resolve(1)),
  ).rejects.toMatchObject({ code: "LEASE_LOST" });
});

test("the origin's clean-up function counts and releases expired locks, and its former holder can't write any more", async () => {
  const lease = await mustAcquire();
  const clean = async () => (await database.db.execute(sql`select cleanup_expired_pricing_locks() as count`))[0];
  expect(await clean()).toEqual({ count: 0 });
  await expire();
  expect(await clean()).toEqual({ count: 1 });
  await expect(
    fencedTransaction({ db: database.db, leaseMs: 30_000 }, lease, () => Promise.resolve(1)),
  ).rejects.toMatchObject({ code: "LEASE_LOST" });
});

test("a fence is higher than all granted before it, also for a contender that had to wait while others came first", async () => {
  await mustAcquire();
  let waiting: Promise<Lease> = Promise.reject(new Error("nobody waits"));
  waiting.catch(() => {});
  const { lock } = await database.db.transaction(async (tx) => {
    await tx.execute(sql`update pricing_sync_lock set worker = 'about to be released'`);
    waiting = mustAcquire();
    await tx.execute(sql`select pg_sleep(0.2)`);
    return forceReleaseLock(tx, ACTOR, { reason: "it is stuck" });
  });
  expect((await waiting).fence).toBeGreaterThan(BigInt(lock.fence ?? 0));
});

test("a writer that lost its lease writes nothing", async () => {
  const stale = await mustAcquire();
  await expire();
  await mustAcquire();
  let wrote = false;
  const write = fencedTransaction({ db: database.db, leaseMs: 30_000 }, stale, () => {
    wrote = true;
    return Promise.resolve();
  });
  await expect(write).rejects.toMatchObject({ code: "LEASE_LOST" });
  expect(wrote).toBe(false);
});

test("a takeover waits for the transaction of the old holder, so their writes never interleave; renewals do not wait", async () => {
  const lease = await mustAcquire();
  const order: string[] = [];
  let takeover: Promise<unknown> = Promise.resolve();
  await fencedTransaction({ db: database.db, leaseMs: 30_000 }, lease, async (tx) => {
    expect(await renewLease(database.db, lease, 1)).toBe(true);
    await tx.execute(sql`select pg_sleep(0.05)`);
    takeover = mustAcquire().then(() => order.push("taken over"));
    await tx.execute(sql`select pg_sleep(0.3)`);
    order.push("committing");
  });
  await takeover;
  expect(order).toEqual(["committing", "taken over"]);
});

test("a writer that freezes inside its transaction is cut off by the database, and the takeover goes through", async () => {
  const lease = await mustAcquire(1_500);
  const frozen = fencedTransaction(
    { db: database.db, leaseMs: 1_500 },
    lease,
    () => new Promise((resolve) => setTimeout(resolve, 2_500)),
  );
  const failure = expect(frozen).rejects.toThrow();
  let taken: Lease | undefined;
  while (taken === undefined) taken = await acquire();
  expect(taken.fence).toBeGreaterThan(lease.fence);
  await failure;
});

test("a lock that can't be asked for is an error, never free", async () => {
  const broken = await openTestDatabase();
  await broken.db.execute(sql`alter table pricing_sync_lock rename to gone`);
  await expect(getLockStatus(broken.db)).rejects.toThrow();
  await broken.close();
});
