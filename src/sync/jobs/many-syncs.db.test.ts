import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { cancelManySyncs, retryManySyncs } from "#/sync/jobs/many-syncs.ts";
import { getQueueStats } from "#/sync/jobs/queue-stats.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.db.delete(pricingSyncJobs);
});

async function addJob(job: Partial<typeof pricingSyncJobs.$inferInsert>): Promise<string> {
  const jobId = randomUUID();
  await world.db.insert(pricingSyncJobs).values({ triggeredBy: "ann@example.com", sources: ["one"], jobId, ...job });
  return jobId;
}

const statusOf = async (id: string) =>
  (await world.db.select().from(pricingSyncJobs)).find(({ jobId }) => jobId === id)?.status;

test("cancelling many answers an outcome for each, and one that does not exist stops no other", async () => {
  const missing = randomUUID();
  const ended = await addJob({ status: "success" });
  const queued = await addJob({ status: "queued" });
  const jobIds = [missing, ended, queued, queued];
  expect(await cancelManySyncs(world, ACTOR, { jobIds, reason: "not today" })).toEqual([
    { outcome: "refused", jobId: missing, message: `There is no sync ${missing}` },
    { outcome: "already_ended", jobId: ended },
    { outcome: "cancelled", jobId: queued },
  ]);
  expect(await statusOf(queued)).toBe("cancelled");
});

test("retrying many names the new run of each, and says in words why one is left as it is", async () => {
  const running = await addJob({ status: "running" });
  const failed = await addJob({ status: "failed" });
  const [refused, retried] = await retryManySyncs(world, ACTOR, { jobIds: [running, failed], reason: "it is back" });
  expect(refused).toMatchObject({ outcome: "refused", jobId: running, message: /under way/ });
  expect(retried).toMatchObject({ outcome: "queued", jobId: failed, retryId: expect.any(String) });
  expect(await statusOf(retried !== undefined && "retryId" in retried ? retried.retryId : "")).toBe("queued");
});

test("the queue's figures are of the hours asked for, and a dead letter counts until it is tried again", async () => {
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const ran = (wait: number, run: number) =>
    addJob({
      status: "success",
      triggeredAt: ago(600),
      startedAt: ago(600 - wait),
      completedAt: ago(600 - wait - run),
    });
  await ran(1, 10);
  await ran(3, 30);
  await ran(5, 50);
  await addJob({ status: "success", triggeredAt: ago(90_000), startedAt: ago(10), completedAt: ago(1) });
  await addJob({ status: "queued" });
  await addJob({ status: "running", triggeredAt: ago(90_000) });
  const dead = await addJob({ status: "failed", triggeredAt: ago(90_000) });
  const stats = await getQueueStats(world.db, { hours: 24 });
  expect(stats).toMatchObject({ count: 4, running: 1, queued: 1, deadLetters: 1 });
  expect(stats.wait.p50Seconds).toBeCloseTo(3, 1);
  expect(stats.wait.p95Seconds).toBeCloseTo(4.8, 1);
  expect(stats.run.p50Seconds).toBeCloseTo(30, 1);
  expect(stats.run.p95Seconds).toBeCloseTo(48, 1);
  await retryManySyncs(world, ACTOR, { jobIds: [dead], reason: "it is back" });
  expect(await getQueueStats(world.db, { hours: 24 })).toMatchObject({ deadLetters: 0, queued: 2 });
});

test("figures of a queue without runs are absent, not zero", async () => {
  const none = { p50Seconds: null, p95Seconds: null };
  expect(await getQueueStats(world.db, { hours: 1 })).toMatchObject({ count: 0, wait: none, run: none });
});
