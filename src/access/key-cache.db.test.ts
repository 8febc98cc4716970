import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createKey } from "#/access/api-keys.ts";
import { openKeyCache } from "#/access/key-cache.ts";
import { hashSecret } from "#/access/secret-text.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

const ACTOR = { kind: "system", id: "test", label: "test", role: "admin" } as const;

let database: TestDatabase;
beforeAll(async () => void (database = await openTestDatabase()));
afterAll(() => database.close());

/** Keeps everybody else from reading keys while `work` is done, and revokes all of them in the end. */
async function revokeSlowly(work: () => Promise<void>): Promise<void> {
  await database.db.transaction(async (tx) => {
    await tx.execute(sql`lock table api_keys in access exclusive mode`);
    await work();
    await tx.execute(sql`update api_keys set revoked_at = clock_timestamp()`);
  });
}

test("a slow database keeps nobody waiting whose key was good, and what it says in the end counts", async () => {
  const { db } = database;
  const { key } = await createKey(db, ACTOR, { name: "gateway", role: "viewer" });
  const keys = openKeyCache({ db, hub: { subscribe: () => () => {} }, staleMs: 600_000 });
  const digest = hashSecret(key);
  expect(await keys.find(digest)).toMatchObject({ label: "key:gateway" });
  await expect.poll(() => keys.known(digest), { timeout: 5_000 }).toBeUndefined();
  await revokeSlowly(async () => {
    // Answered from memory although nobody can read keys now.
    expect(await keys.find(digest)).toMatchObject({ label: "key:gateway" });
  });
  // The question from then is answered between the two locks, and from now on memory doesn't stand in for the database.
  await revokeSlowly(async () => {
    const ask = () => Promise.race([keys.find(digest).then(() => "answered"), sleep(100, "waits")]);
    await expect.poll(ask, { timeout: 5_000 }).toBe("waits");
  });
});
