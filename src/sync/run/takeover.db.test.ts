import { sql } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { getPrice } from "#/book/get-price.ts";
import { createLog } from "#/platform/log.ts";
import { rescueEntries } from "#/sync/jobs/rescue-entries.ts";
import { eventually } from "#/testing/eventually.ts";
import { fetched, openGate, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const LEASE_MS = 2_000;
const DOCUMENT = openrouterDocument({ "openai/gpt-5": ["0.00000125", "0.00001"] });

let world: SyncWorld;
afterEach(() => world.close());

test("a worker that is stopped puts its sync back, and another ends it, with the first one's sources applied once", async () => {
  world = await openSyncWorld({ leaseMs: LEASE_MS });
  let slow = true;
  let fetches = 0;
  await world.addSource("quick", () => {
    fetches += 1;
    return fetched(DOCUMENT);
  });
  await world.addSource("slow", ({ signal }) =>
    slow
      ? openGate()
          .wait(signal)
          .then(() => fetched(DOCUMENT))
      : fetched(DOCUMENT),
  );
  const first = await world.startWorker("worker/1");
  const { jobId } = await world.trigger();
  await eventually("the quick source is applied", async () => (await world.db.$count(sql`pricing_sync_log`)) === 1);
  slow = false;
  await first.stop(0);
  // The entry that was in its hands went with the same commit: one that waits is told of the new one, and can have it then.
  const entries = await world.db.execute(sql`
    select state from pgboss.job where data @> ${JSON.stringify({ jobId })}::text::jsonb`);
  expect([...entries]).toEqual([{ state: "created" }]);
  await world.startWorker("worker/2");
  const sync = await world.ended(jobId);
  expect(sync).toMatchObject({ status: "success", attempt: 2, worker: "worker/2" });
  expect(fetches).toBe(1);
});

test("a worker that freezes is overtaken when its lease ends, and can't write one row when it wakes", async () => {
  world = await openSyncWorld({ leaseMs: LEASE_MS });
  const frozen = openGate();
  let attempts = 0;
  await world.addSource("one", () => {
    attempts += 1;
    if (attempts > 1) return fetched(DOCUMENT);
    // Deaf to every signal, as a frozen process is.
    return frozen
      .wait(new AbortController().signal)
      .then(() => fetched(openrouterDocument({ "stale/row": ["1", "1"] })));
  });
  await world.startWorker("frozen/1");
  const { jobId } = await world.trigger();
  await eventually("it has started", async () => attempts === 1);
  // The lease ends without a renewal getting through, as it does for a process that does not run.
  await world.db.execute(sql`update pricing_sync_lock set expires_at = clock_timestamp() - interval '1 second'`);
  await world.startWorker("rescuer/2");
  const sync = await world.ended(jobId);
  expect(sync).toMatchObject({ status: "success", attempt: 2, worker: "rescuer/2" });
  frozen.open();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await expect(getPrice(world.db, { model: "stale/row" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const [rows] = await world.db.execute(sql`
    select count(*)::int as late from model_pricing_history h where h.fence < (select max(fence) from model_pricing_history)`);
  expect(rows).toEqual({ late: 0 });
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 2 });
});

test("a worker that dies with an entry of the queue and no run holds nobody up until the queue notices by itself", async () => {
  world = await openSyncWorld({ leaseMs: LEASE_MS });
  await world.addSource("one", () => fetched(DOCUMENT));
  const died = async (jobId: string) => {
    await world.db.execute(sql`
      update pgboss.job set state = 'active', started_on = now(), heartbeat_on = now()
      where data @> ${JSON.stringify({ jobId })}::text::jsonb`);
  };
  // One died after its job had ended, and before it told the queue; the next one before it took the lock.
  const ended = (await world.trigger()).jobId;
  await died(ended);
  await world.db.execute(
    sql`update pricing_sync_jobs set status = 'success', completed_at = now() where job_id = ${ended}::text::uuid`,
  );
  const { jobId } = await world.trigger();
  // The queue itself does not look again within this test.
  const first = await world.startWorker("worker/1", { pollSeconds: 3_600 });
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 1 });

  await first.stop(0);
  const unstarted = (await world.trigger()).jobId;
  await died(unstarted);
  const entryOf = () =>
    world.db.execute(sql`
    select queue_entry_id as id from pricing_sync_jobs where job_id = ${unstarted}::text::uuid`);
  const lost = await entryOf();
  await world.startWorker("worker/2");
  expect(await world.ended(unstarted)).toMatchObject({ status: "success", attempt: 1, worker: "worker/2" });
  // The queue's own heartbeat, seconds later, would have handed out the same entry.
  expect(await entryOf()).not.toEqual(lost);
  await eventually("no entry is left", async () => {
    const left = await world.db.execute(sql`select id from pgboss.job where state < 'completed'`);
    return left.length === 0;
  });
});

test("an entry of the queue that names no job is dropped, and keeps no other from its rescue", async () => {
  world = await openSyncWorld({ leaseMs: LEASE_MS });
  await world.addSource("one", () => fetched(DOCUMENT));
  const { jobId } = await world.trigger();
  // The one that can't be read was taken first, by a worker that died; the other one by the same.
  await world.db.execute(sql`
    insert into pgboss.job (name, data, state, started_on, heartbeat_on, heartbeat_seconds, policy, created_on)
    select name, '{"jobId": "nonsense"}', state, started_on, heartbeat_on, heartbeat_seconds, 'standard',
      created_on - interval '1 minute' from pgboss.job where data @> ${JSON.stringify({ jobId })}::text::jsonb`);
  await world.db.execute(sql`
    update pgboss.job set state = 'active', started_on = now() - interval '1 minute', heartbeat_on = now()
    where state < 'completed'`);
  // Nobody waits for the queue's own heartbeat.
  expect(await rescueEntries({ ...world, log: createLog("silent") })).toBe(2);
  await world.startWorker();
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 1 });
  await eventually("no entry is left", async () => {
    const left = await world.db.execute(sql`select id from pgboss.job where state < 'completed'`);
    return left.length === 0;
  });
});

test("an entry is left alone while its job runs, and while it has just been taken", async () => {
  world = await openSyncWorld({ leaseMs: LEASE_MS });
  const gate = openGate();
  await world.addSource("one", ({ signal }) => gate.wait(signal).then(() => fetched(DOCUMENT)));
  await world.startWorker();
  const { jobId } = await world.trigger();
  await eventually("it runs", async () => (await world.queue.listTaken(world.db, 0)).length === 1);
  expect(await world.queue.listTaken(world.db, 60)).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, LEASE_MS + 1_000));
  expect(await world.queue.listTaken(world.db, 1)).toMatchObject([{ data: { jobId } }]);
  gate.open();
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 1 });
});

test("a sync whose workers keep dying fails in the end, with the reason", async () => {
  world = await openSyncWorld({ leaseMs: LEASE_MS });
  await world.addSource("one", () => fetched(DOCUMENT));
  const { jobId } = await world.trigger();
  await plantAttempts(jobId, "died", 5);
  await world.db.execute(sql`update pricing_sync_jobs set status = 'running', worker = 'dead/9', fence = 0`);
  await world.startWorker();
  expect(await world.ended(jobId)).toMatchObject({
    status: "failed",
    errorMessage: expect.stringContaining("dead/9 died, or lost its lock, in attempt 5"),
  });
});

test("shutdowns of the worker do not count as attempts, so a sync outlives any number of deployments", async () => {
  world = await openSyncWorld({ leaseMs: LEASE_MS });
  let asked = 0;
  await world.addSource("one", () => {
    asked += 1;
    if (asked === 1) throw new Error("this fault passes");
    return fetched(DOCUMENT);
  });
  const { jobId } = await world.trigger();
  await plantAttempts(jobId, "drained", 6);
  await world.startWorker();
  const sync = await world.ended(jobId);
  expect(sync).toMatchObject({ status: "success", attempt: 8 });
  expect(sync.attempts.slice(-2)).toMatchObject([{ outcome: "faulted" }, { outcome: "success" }]);
});

/** As if so many attempts of a job had ended already. */
async function plantAttempts(jobId: string, outcome: string, many: number): Promise<void> {
  await world.db.execute(sql`
    insert into pricing_sync_attempts (job_id, attempt, worker, fence, ended_at, outcome)
    select ${jobId}::text::uuid, n, 'gone/1', 0, clock_timestamp(), ${outcome} from generate_series(1, ${many}::int) n`);
  await world.db.execute(sql`update pricing_sync_jobs set attempt = ${many}::int where job_id = ${jobId}::text::uuid`);
}
