import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { z } from "zod";
import { listCauses } from "#/platform/database-outage.ts";
import { openDatabase, type Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";

const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));

// Any number that nothing else in the database locks.
const MIGRATION_LOCK = 7_283_001;

/**
 * Whoever asks for a table while a migration waits for it waits as well, so a migration waits briefly, gives up whole, and tries
 * again later: for about a minute in all.
 */
const PATIENCE = { lockTimeoutMs: 2_000, attempts: 15, pauseMs: 2_000 };
/** lock_not_available and deadlock_detected. */
const LOCKED: ReadonlySet<unknown> = new Set(["55P03", "40P01"]);

/**
 * Brings the schema up to date. Several processes may start at once: one migrates, the others wait for it. Throws `UNAVAILABLE` when
 * others keep a table that has to change.
 */
export async function migrateDatabase(url: string, patience = PATIENCE): Promise<void> {
  await withMigrationLock(url, async (db) => {
    await db.execute(sql`select set_config('lock_timeout', ${`${patience.lockTimeoutMs}ms`}, false)`);
    await migrateWhenFree(db, patience);
    // A pooler may hand this session to somebody else.
    await db.execute(sql`reset lock_timeout`);
  });
}

/** Does something that must be over before a process may start on this database; on one connection, which `work` is given. */
export async function withMigrationLock(url: string, work: (db: Db) => Promise<void>): Promise<void> {
  const { db, close } = openDatabase(url, { max: 1, name: "migrate" });
  try {
    await db.execute(sql`select pg_advisory_lock(${MIGRATION_LOCK})`);
    await work(db);
  } finally {
    await close();
  }
}

async function migrateWhenFree(db: Db, { attempts, pauseMs }: typeof PATIENCE): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await migrateTo(db);
    } catch (error) {
      if (!listCauses(error).some((cause) => "code" in cause && LOCKED.has(cause.code))) throw error;
      if (attempt === attempts)
        throw new AppError(
          "UNAVAILABLE",
          "The database could not be migrated: another session keeps a table that has to change. Nothing was changed. End that session, which pg_locks names, and start again",
          { cause: error },
        );
    }
    await sleep(pauseMs);
  }
}

/** Makes the tables of the newest version, or of an older one that `isKnownSchema`. The caller holds the migration lock. */
export async function migrateTo(db: Db, version?: number): Promise<void> {
  if (version === undefined) return migrate(db, { migrationsFolder });
  // The library goes through all migrations that its folder lists.
  const folder = await mkdtemp(join(tmpdir(), "ratebook-migrations-"));
  try {
    await cp(migrationsFolder, folder, { recursive: true });
    const { entries, ...rest } = await readJournal();
    const wanted = { ...rest, entries: entries.filter(({ when }) => when <= version) };
    await writeFile(join(folder, JOURNAL), JSON.stringify(wanted));
    await migrate(db, { migrationsFolder: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const JOURNAL = "meta/_journal.json";
const journal = z.looseObject({ entries: z.array(z.looseObject({ when: z.number() })) });

async function readJournal(): Promise<z.infer<typeof journal>> {
  return journal.parse(JSON.parse(await readFile(join(migrationsFolder, JOURNAL), "utf8")));
}

/** When the newest migration was made that the database has been through; 0 without any. */
export async function readSchemaVersion(db: Db): Promise<number> {
  const rows = await db.execute<{ newest: string | null }>(
    sql`select max(created_at)::text as newest from drizzle.__drizzle_migrations`,
  );
  return Number(rows[0]?.newest ?? 0);
}

/** Whether a database of this version can be made, and brought up to date, here. */
export async function isKnownSchema(version: number): Promise<boolean> {
  return (await readJournal()).entries.some(({ when }) => when === version);
}

async function readVersions(db: Db): Promise<{ known: number; applied: number }> {
  const { entries } = await readJournal();
  return { known: entries.at(-1)?.when ?? 0, applied: await readSchemaVersion(db) };
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
