import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listActiveSyncs } from "#/sync/jobs/list-syncs.ts";
import { fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.addSource("one", () => fetched(openrouterDocument({ "s/one": ["0.000001", "0.000004"] })));
});
afterAll(() => world.close());

const migrateFurther = () =>
  world.db.execute(sql`
    insert into drizzle.__drizzle_migrations (hash, created_at)
    select 'of a newer version', max(created_at) + 1 from drizzle.__drizzle_migrations`);
const migrateBack = () =>
  world.db.execute(sql`delete from drizzle.__drizzle_migrations where hash = 'of a newer version'`);

test("a worker older than the database's schema does not start, and one that is overtaken takes no job", async () => {
  await migrateFurther();
  await expect(world.startWorker("old/1")).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("migrated by a newer version"),
  });
  await migrateBack();
  await world.startWorker("overtaken/2");
  await migrateFurther();
  const { jobId } = await world.trigger();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await listActiveSyncs(world.db)).toMatchObject({ running: [], queued: [{ jobId, attempt: 0 }] });
  await migrateBack();
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 1 });
});
