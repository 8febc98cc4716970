import { afterAll, beforeAll, expect, test } from "vitest";
import { fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let worker: Awaited<ReturnType<SyncWorld["startWorker"]>>;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.addSource("one", () => fetched(openrouterDocument({ "a/m": ["0.000001", "0.000002"] })));
  worker = await world.startWorker();
  await world.ended((await world.trigger()).jobId);
});
afterAll(() => world.close());

test("the queries the origin's operators type by hand work as they stand", async () => {
  const tables = await world.db.execute(
    "SELECT table_name FROM information_schema.tables WHERE table_name IN ('pricing_sync_lock','pricing_sync_jobs','model_pricing_history','pricing_sync_log')",
  );
  expect(tables).toHaveLength(4);
  const [job] = await world.db.execute("SELECT * FROM pricing_sync_jobs ORDER BY triggered_at DESC LIMIT 10");
  expect(job).toMatchObject({ status: "success", triggered_by: expect.any(String), error_message: null });
  for (const column of ["job_id", "triggered_at", "started_at", "completed_at"]) expect(job?.[column]).toBeTruthy();
  const locks = await world.db.execute("SELECT * FROM pricing_sync_lock");
  expect(locks).toHaveLength(1);
  expect(Object.keys(locks[0] ?? {})).toEqual(
    expect.arrayContaining(["lock_key", "locked_by", "locked_at", "expires_at"]),
  );
  expect(await world.db.execute("SELECT cleanup_expired_pricing_locks()")).toEqual([
    { cleanup_expired_pricing_locks: 0 },
  ]);
});

test("clean-up removes ended jobs of more than 90 days with their log, and never a price or a job that waits", async () => {
  // The clean-up leaves out rows that another transaction holds, and a worker writes about a job for a moment after its end.
  await worker.stop(10_000);
  const count = async (table: string) =>
    (await world.db.execute(`select count(*)::int as rows from ${table}`))[0]?.["rows"];
  const history = await count("model_pricing_history");
  await world.db.execute(
    "insert into pricing_sync_jobs (triggered_by, triggered_at) values ('old but waiting', now() - interval '1 year')",
  );
  expect(await world.db.execute("select cleanup_old_pricing_jobs() as removed")).toEqual([{ removed: 0 }]);
  await world.db.execute(
    "update pricing_sync_jobs set completed_at = now() - interval '91 days' where status = 'success'",
  );
  expect(await world.db.execute("select cleanup_old_pricing_jobs() as removed")).toEqual([{ removed: 1 }]);
  expect(await count("pricing_sync_jobs")).toBe(1);
  expect(await count("pricing_sync_log")).toBe(0);
  expect(await count("model_pricing_history")).toBe(history);
});
