import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { compareRuns } from "#/book/compare-runs.ts";
import { listRunChanges } from "#/book/list-run-changes.ts";
import { recountVersions } from "#/book/list-rate-changes.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
let version: number;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.execute(sql`truncate rates, book_versions`);
  version = 0;
});

/** USD per million input tokens; null where there is no price. */
type Price = string | null;

async function addRate(model: string, price: Price, replaces: string | null, origins: string): Promise<string> {
  const charges = price === null ? "[]" : JSON.stringify([{ meter: "input", unit: "token", amount: price }]);
  const state = price === null ? "unknown" : price === "0" ? "free" : "priced";
  const [row] = await database.db.execute<{ id: string }>(sql`
    insert into rates (seller, model, variant, state, charges, origins, fingerprint, valid_from, version_from, cause, is_news, replaces)
    values ('openai', ${model}, 'default', ${state}, ${charges}::text::jsonb, ${origins}::text::jsonb, ${`${state}${price}`},
      clock_timestamp(), ${version}, 'sync', true, ${replaces}::bigint) returning id::text`);
  if (row === undefined) throw new Error("the rate was not written");
  await database.db.execute(
    sql`update rates set version_to = ${version}, valid_to = clock_timestamp() where id = ${replaces}::bigint`,
  );
  return row.id;
}

async function addVersion(jobId: string | null): Promise<void> {
  version += 1;
  await database.db.execute(
    sql`insert into book_versions (version, at, cause, job_id) values (${version}, clock_timestamp(), 'sync', ${jobId}::uuid)`,
  );
}

const LISTED = JSON.stringify([{ source: "one", listing: "l" }]);

/** A run that moves each price from the first to the second; undefined before for a first price, undefined after for one that is gone. */
async function run(moves: Readonly<Record<string, readonly [Price | undefined, Price | undefined]>>): Promise<string> {
  await addVersion(null);
  const before = new Map<string, string>();
  for (const [model, [old]] of Object.entries(moves))
    if (old !== undefined) before.set(model, await addRate(model, old, null, LISTED));
  const jobId = randomUUID();
  await addVersion(jobId);
  for (const [model, [, now]] of Object.entries(moves))
    await addRate(model, now ?? null, before.get(model) ?? null, now === undefined ? "[]" : LISTED);
  await recountVersions(database.db);
  return jobId;
}

test("what a run changed comes with the largest change first, up and down alike, and first prices last", async () => {
  const jobId = await run({
    first: [undefined, "5"],
    slightly: ["1", "1.1"],
    doubled: ["1", "2"],
    third: ["3", "1"],
    lost: ["1", undefined],
    free: ["1", "0"],
  });
  const { changes, total, counts, nextCursor } = await listRunChanges(database.db, { jobId, limit: 10 });
  expect(changes.map(({ model }) => model)).toEqual(["free", "lost", "third", "doubled", "slightly", "first"]);
  expect({ total, counts, nextCursor }).toEqual({
    total: 6,
    counts: { first: 1, changed: 4, gone: 1 },
    nextCursor: null,
  });
});

test("the pages of a run show every change once, in the same order, each with the total", async () => {
  const moves = Object.fromEntries(
    Array.from({ length: 7 }, (_, index) => [`m${index}`, ["3", String(3 + (index % 3))] as const]),
  );
  const jobId = await run({ ...moves, m0: ["3", undefined], m3: [undefined, "1"] });
  const whole = await listRunChanges(database.db, { jobId, limit: 100 });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listRunChanges(database.db, { jobId, limit: 2, cursor });
    expect(page.total).toBe(whole.total);
    seen.push(...page.changes.map(({ model }) => model));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(whole.changes.map(({ model }) => model));
  expect(new Set(seen).size).toBe(whole.total);
});

test("all of a run's changes count in what they come to a month, not those of a page", async () => {
  const jobId = await run({ a: ["0.000001", "0.000003"], b: ["0.000001", "0.000002"] });
  await database.db.execute(sql`
    insert into model_usage (seller, model, variant, meter, units_per_month, updated_at, updated_by)
    select 'openai', m, 'default', 'input', 1000000, clock_timestamp(), 'ann' from unnest(array['a', 'b']) m`);
  expect(await listRunChanges(database.db, { jobId, limit: 1 })).toMatchObject({ total: 2, monthlyImpactUsd: "3" });
});

test("a cursor that no list answered is refused", async () => {
  await expect(listRunChanges(database.db, { jobId: randomUUID(), limit: 1, cursor: "soon" })).rejects.toMatchObject({
    code: "INVALID",
  });
});

test("two runs differ in the prices that one of them moved, or that they moved to different values", async () => {
  const a = await run({ both: ["1", "2"], other: ["1", "3"], "only-a": ["1", "4"] });
  const b = await run({ both: ["1", "2"], other: ["1", "5"], "only-b": [undefined, "4"] });
  const difference = await compareRuns(database.db, { a, b, limit: 10 });
  expect(difference).toMatchObject({ onlyA: 1, onlyB: 1, differently: 1, alike: 1 });
  expect(
    difference.prices.map((price) => [
      price.model,
      price.a?.after.charges[0]?.amount,
      price.b?.after.charges[0]?.amount,
    ]),
  ).toEqual([
    ["other", "3", "5"],
    ["only-a", "4", undefined],
    ["only-b", undefined, "4"],
  ]);
  expect(difference.prices[2]?.b?.before).toBeNull();
  expect((await compareRuns(database.db, { a, b, limit: 1 })).prices).toHaveLength(1);
  expect(await compareRuns(database.db, { a, b: a, limit: 10 })).toMatchObject({ prices: [], alike: 3 });
});
