import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countDailyChanges } from "#/book/list-rate-changes.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { lastDays } from "#/terms/day-strip.ts";
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
