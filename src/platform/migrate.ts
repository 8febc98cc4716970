import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { z } from "zod";
import { openDatabase, type Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";

const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));

// Any number that nothing else in the database locks.
const MIGRATION_LOCK = 7_283_001;

/** Brings the schema up to date. Several processes may start at once: one migrates, the others wait for it. */
export async function migrateDatabase(url: string): Promise<void> {
  const { db, close } = openDatabase(url, { max: 1, name: "migrate" });
  try {
    await db.execute(sql`select pg_advisory_lock(${MIGRATION_LOCK})`);
    await migrate(db, { migrationsFolder });
  } finally {
    await close();
  }
}

const journal = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) });

async function readVersions(db: Db): Promise<{ known: number; applied: number }> {
  const { entries } = journal.parse(JSON.parse(await readFile(`${migrationsFolder}/meta/_journal.json`, "utf8")));
  const rows = await db.execute<{ newest: string | null }>(
    sql`select max(created_at)::text as newest from drizzle.__drizzle_migrations`,
  );
  return { known: entries.at(-1)?.when ?? 0, applied: Number(rows[0]?.newest ?? 0) };
}

/** Throws `CONFLICT` when a newer version has migrated the database: who does not know its schema must not write to it. */
export async function refuseNewerSchema(db: Db): Promise<void> {
  const { known, applied } = await readVersions(db);
  if (applied <= known) return;
  throw new AppError(
    "CONFLICT",
    "The database has been migrated by a newer version of Ratebook; this one does not work on it. Start the newer version, and stop this one",
  );
}

/** Whether the database stands exactly at the newest migration this process knows. */
export async function isSchemaCurrent(db: Db): Promise<boolean> {
  const { known, applied } = await readVersions(db);
  return known === applied;
}
