import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { expect, inject, test } from "vitest";
import { openDatabase } from "#/platform/database.ts";
import { isSchemaCurrent, migrateDatabase } from "#/platform/migrate.ts";

test("six processes that start at once migrate an empty database once, and all find it current", async () => {
  const name = `migrate_${randomBytes(4).toString("hex")}`;
  const url = new URL(inject("postgresUrl"));
  const admin = openDatabase(url.href, { max: 1, name: "test admin" });
  await admin.sql.unsafe(`create database ${name}`);
  url.pathname = `/${name}`;
  await Promise.all(Array.from({ length: 6 }, () => migrateDatabase(url.href)));
  const { db, close } = openDatabase(url.href, { max: 1, name: "test" });
  expect(await isSchemaCurrent(db)).toBe(true);
  await db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at - 1`);
  expect(await isSchemaCurrent(db)).toBe(false);
  await close();
  await admin.sql.unsafe(`drop database ${name} with (force)`);
  await admin.close();
});
