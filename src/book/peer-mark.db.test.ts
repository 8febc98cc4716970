import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPeerMark, needsAnotherLook, peerMark } from "#/book/list-booked-offers.ts";
import { addSource } from "#/sources/add-source.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";
import { ACTOR } from "#/testing/sync-world.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  for (const name of ["mine", "one", "two"])
    await addSource(database.db, ACTOR, { name, kind: "openrouter", url: `https://${name}.example/` });
});
afterAll(() => database.close());

type Writer = Pick<TestDatabase["db"], "execute">;

async function addHistory(db: Writer, source: string, rows = 1): Promise<void> {
  await db.execute(sql`
    insert into model_pricing_history (source, seller, model, variant, listing, listed_as, state, charges, fingerprint, effective_at, cause)
    select ${source}, 'acme', 'm' || n, 'default', 'm' || n, 'acme', 'unknown', '[]', 'f', clock_timestamp(), 'sync'
    from generate_series(1, ${rows}::int) n`);
}

/** Holds something of a source, and remembers that it was judged just now. */
async function hold(source: string): Promise<void> {
  await database.db.execute(sql`
    insert into price_holds (source, seller, model, variant, listing, listed_as, reasons, findings, evidence, new_state, new_charges,
      new_fingerprint, observed_at, last_seen_at, job_id)
    values (${source}, 'acme', 'm', 'default', 'm', 'acme', array['JUMP'], '[]', '[]', 'priced', '[]', 'f', clock_timestamp(),
      clock_timestamp(), gen_random_uuid())`);
}

async function judge(source: string): Promise<void> {
  const mark = await findPeerMark(database.db, source);
  await database.db.execute(sql`update sources set judged_peers = ${mark} where name = ${source}`);
}

test("what is held is looked at again when another source has moved, not when its own or a pin has", async () => {
  const { db } = database;
  await hold("mine");
  await judge("mine");
  expect(await needsAnotherLook(db, "mine")).toBe(false);
  await addHistory(db, "mine");
  await addHistory(db, "pin");
  expect(await needsAnotherLook(db, "mine")).toBe(false);
  await addHistory(db, "two");
  expect(await needsAnotherLook(db, "mine")).toBe(true);
  await judge("mine");
  expect(await needsAnotherLook(db, "mine")).toBe(false);
});

test("a source that took its row's id first and committed it last is noticed all the same", async () => {
  const { db } = database;
  const written = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const slow = db.transaction(async (tx) => {
    await addHistory(tx, "one");
    written.resolve();
    await release.promise;
  });
  await written.promise;
  await addHistory(db, "two");
  await judge("mine");
  expect(await needsAnotherLook(db, "mine")).toBe(false);
  release.resolve();
  await slow;
  expect(await needsAnotherLook(db, "mine")).toBe(true);
});

test("asking whether other sources have moved reads no more of a long history than of a short one", async () => {
  const { db } = database;
  const blocksRead = async () => {
    await db.execute(sql`vacuum analyze model_pricing_history`);
    const [row] = await db.execute<{ "QUERY PLAN": { Plan: Record<string, number> }[] }>(
      sql`explain (analyze, buffers, format json) ${peerMark("mine")}`,
    );
    const plan = row?.["QUERY PLAN"][0]?.Plan;
    return (plan?.["Shared Hit Blocks"] ?? 0) + (plan?.["Shared Read Blocks"] ?? 0);
  };
  await addHistory(db, "one", 1_000);
  await addHistory(db, "mine", 1_000);
  const short = await blocksRead();
  await addHistory(db, "one", 30_000);
  await addHistory(db, "mine", 30_000);
  expect(await blocksRead()).toBeLessThanOrEqual(short + 6);
});
