import { readFile } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDatabase } from "#/platform/database.ts";
import { isSchemaCurrent, migrateDatabase } from "#/platform/migrate.ts";
import { createDatabase } from "#/testing/create-database.ts";
import { eventually } from "#/testing/eventually.ts";
import { migrateTo } from "#/testing/migrate-to.ts";

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

test("a migration that finds a table in use lets others read it meanwhile, and goes on once it is free", async () => {
  const { url, drop } = await createDatabase();
  await migrateTo(url, "0015");
  const { sql: driver, close } = openDatabase(url, { max: 3, name: "test" });
  const reader = await driver.reserve();
  await reader`begin`;
  await reader`lock table pricing_sync_jobs in access share mode`;
  const migrating = migrateDatabase(url, { lockTimeoutMs: 200, attempts: 1_000, pauseMs: 50 });
  const seen = new Set<string>();
  await eventually("the migration has begun at least three times to wait for the table", async () => {
    const waiting = await driver<{ began: string }[]>`
      select xact_start::text as began from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    for (const { began } of waiting) seen.add(began);
    return seen.size >= 3;
  });
  // Behind a migration that waited on, this would wait until the first reader is gone.
  await driver`select count(*) from pricing_sync_jobs`;
  await reader`commit`;
  reader.release();
  await migrating;
  await close();
  await drop();
});

test("a migration that never gets a table gives up in words and leaves everything as it was", async () => {
  const { url, drop } = await createDatabase();
  await migrateTo(url, "0015");
  const { db, sql: driver, close } = openDatabase(url, { max: 2, name: "test" });
  const reader = await driver.reserve();
  await reader`begin`;
  await reader`lock table pricing_sync_jobs in access share mode`;
  await expect(migrateDatabase(url, { lockTimeoutMs: 100, attempts: 2, pauseMs: 10 })).rejects.toThrow(
    "another session keeps a table that has to change. Nothing was changed",
  );
  expect(await isSchemaCurrent(db)).toBe(false);
  await reader`rollback`;
  reader.release();
  await migrateDatabase(url);
  expect(await isSchemaCurrent(db)).toBe(true);
  await close();
  await drop();
});

test("two starts at once build the indexes of a migration, also where a killed start has left one half-built", async () => {
  const { url, drop } = await createDatabase();
  await migrateTo(url, "0017");
  const migration = await readFile("drizzle/0018_known_in_the_index.sql", "utf8");
  const names = [...migration.matchAll(/CREATE INDEX IF NOT EXISTS "(\w+)"/g)].map(([, name = ""]) => name);
  const { db, close } = openDatabase(url, { max: 1, name: "test" });
  await db.execute(sql`create index rates_timeline_known on rates (valid_from)`);
  await db.execute(sql`update pg_index set indisvalid = false where indexrelid = 'rates_timeline_known'::regclass`);
  await Promise.all([migrateDatabase(url), migrateDatabase(url)]);
  const valid = await db.execute<{ name: string }>(sql`
    select indexrelid::regclass::text as name from pg_index where indisvalid and indexrelid::regclass::text in (
      select jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb))`);
  expect(valid.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  expect(await isSchemaCurrent(db)).toBe(true);
  await close();
  await drop();
});

test("through a pooler nothing is migrated, and a process starts when nothing has to be", async () => {
  const { url, drop } = await createDatabase();
  const pooled = `${url}&pgbouncer=true`;
  await expect(migrateDatabase(pooled)).rejects.toThrow(/can't be made or changed through a pooler.*npm run migrate/);
  await migrateDatabase(url);
  await migrateDatabase(pooled);
  const { db, close } = openDatabase(url, { max: 1, name: "test" });
  await db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at - 1`);
  await close();
  await expect(migrateDatabase(pooled)).rejects.toThrow(/names Postgres itself/);
  await drop();
});
