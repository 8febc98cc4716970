import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countDailyChanges } from "#/book/list-rate-changes.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { openDatabase } from "#/platform/database.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { lastDays } from "#/terms/day-strip.ts";
import { createDatabase } from "#/testing/create-database.ts";
import { migrateTo } from "#/testing/migrate-to.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => void (database = await openTestDatabase()));
afterAll(() => database.close());

const ACTOR = { kind: "system", id: "test", label: "test", role: "admin" } as const;

async function pin(model: string, amount: string): Promise<void> {
  const charges = [{ meter: "input", unit: "token", amount }] as const;
  await setPin(database.db, ACTOR, {
    seller: "acme",
    model,
    variant: "default",
    charges: [...charges],
    reason: "test",
  });
}

test("prices that came, changed and went are counted on the reader's day, and every day is there", async () => {
  await pin("one", "0.000001");
  await pin("two", "0.000001");
  await database.db
    .execute(sql`update book_versions set at = ((now() at time zone 'Pacific/Auckland')::date - 1 + time '00:30')
    at time zone 'Pacific/Auckland'`);
  await pin("one", "0.000002");
  await clearPin(database.db, ACTOR, { seller: "acme", model: "two", variant: "default", reason: "test" });
  const days = await countDailyChanges(database.db, lastDays.parse({ days: 3, timeZone: "Pacific/Auckland" }));
  expect(days.map(({ day: _day, ...counts }) => counts)).toEqual([
    { first: 0, changed: 0, gone: 0 },
    { first: 2, changed: 0, gone: 0 },
    { first: 0, changed: 1, gone: 1 },
  ]);
  // Half past midnight in Auckland is the day before in UTC.
  const inUtc = await countDailyChanges(database.db, lastDays.parse({ days: 4 }));
  const came = (list: typeof days) => list.find(({ first }) => first > 0)?.day ?? "";
  expect(came(inUtc) < came(days)).toBe(true);
});

test("a book that was kept before changes were counted has its counts after the upgrade", async () => {
  const { url, drop } = await createDatabase();
  await migrateTo(url, "0018");
  const { db, close } = openDatabase(url, { max: 1, name: "test" });
  // A version whose only row is no news, one that brings two prices, and one that changes the first, ends the second and moves the third.
  await db.execute(sql`insert into book_versions (version, at, cause, changed)
    select v, clock_timestamp(), 'sync', 9 from generate_series(1, 3) v`);
  await db.execute(sql`
    insert into rates (id, seller, model, variant, state, charges, origins, fingerprint, valid_from, version_from, cause, is_news, replaces)
    overriding system value
    select id, 'acme', 'm' || id, 'default', 'priced', '[]', origins::jsonb, fingerprint, clock_timestamp(), version, 'sync', news, replaces
    from (values (1, 1, '[{}]', 'a', false, null), (2, 2, '[{}]', 'a', true, null), (3, 2, '[{}]', 'a', true, null),
      (4, 3, '[{}]', 'b', true, 2), (5, 3, '[]', 'none', true, 3), (6, 3, '[{}]', 'a', true, 1))
      as row(id, version, origins, fingerprint, news, replaces)`);
  await migrateDatabase(url);
  const kept = await db.execute(sql`select first, changed, gone from book_versions order by version`);
  expect([...kept]).toEqual([
    { first: 0, changed: 0, gone: 0 },
    { first: 2, changed: 0, gone: 0 },
    { first: 0, changed: 1, gone: 1 },
  ]);
  await close();
  await drop();
});
