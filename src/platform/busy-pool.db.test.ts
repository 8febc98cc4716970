import { expect, test } from "vitest";
import { openDriver } from "#/platform/database.ts";
import { openTestDatabase } from "#/testing/test-database.ts";

/** So many statements the driver sends on one connection before it has an answer. */
const MOST_AT_ONCE = 100;

test("a transaction that is the last statement a connection takes at once is a transaction all the same", async () => {
  const { url, close } = await openTestDatabase();
  const driver = openDriver(url, { max: 2, name: "busy" });
  const nothing = () => driver`select 1 as one`.execute();
  await Promise.all([nothing(), nothing()]);
  for (const each of [MOST_AT_ONCE - 1, MOST_AT_ONCE, MOST_AT_ONCE + 1]) {
    const statements = Array.from({ length: 2 * each }, nothing);
    const [row] = await driver.begin((tx) => tx`select count(*)::int as count from generate_series(1, 3)`);
    expect(row).toEqual({ count: 3 });
    await Promise.all(statements);
  }
  await driver.end();
  await close();
});
