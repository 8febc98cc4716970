import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KEPT_DAYS } from "#/sync/jobs/kept-days.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test("the days that the settings show are those after which the database's functions remove what is old", async () => {
  for (const [name, days] of Object.entries(KEPT_DAYS)) {
    const [row] = await database.db.execute<{ body: string }>(
      sql`select prosrc as body from pg_proc where proname = ${name}`,
    );
    expect(row?.body.match(/interval '([^']+)'/)?.[1], name).toBe(`${days} days`);
  }
});
