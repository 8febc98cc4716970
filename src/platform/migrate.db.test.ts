import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDatabase } from "#/platform/database.ts";
import { isSchemaCurrent, migrateDatabase } from "#/platform/migrate.ts";
import { createDatabase } from "#/testing/create-database.ts";

test("six processes that start at once migrate an empty database once, and all find it current", async () => {
  const { url, drop } = await createDatabase();
  await Promise.all(Array.from({ length: 6 }, () => migrateDatabase(url)));
  const { db, close } = openDatabase(url, { max: 1, name: "test" });
  expect(await isSchemaCurrent(db)).toBe(true);
  await db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at - 1`);
  expect(await isSchemaCurrent(db)).toBe(false);
  await close();
  await drop();
});
