import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { listCauses } from "#/platform/database-outage.ts";
import { readDatabaseUrl } from "#/platform/database-url.ts";
import { openDatabase, type Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { buildIndexesOnline } from "#/platform/build-indexes-online.ts";
import { JOURNAL, MIGRATIONS_FOLDER, readJournal, readSchemaVersion } from "#/platform/migration-journal.ts";

// Any number that nothing else in the database locks.
const MIGRATION_LOCK = 7_283_001;
const LOCK_POLL_MS = 100;

/**
 * Whoever asks for a table while a migration waits for it waits as well, so a migration waits briefly, gives up whole, and tries
 * again later: for about a minute in all.
 */
const PATIENCE = { lockTimeoutMs: 2_000, attempts: 15, pauseMs: 2_000 };
/** lock_not_available and deadlock_detected. */
const LOCKED: ReadonlySet<unknown> = new Set(["55P03", "40P01"]);

/**
 * Brings the schema up to date. Several processes may start at once: one migrates, the others wait for it. Throws `UNAVAILABLE` when
 * others keep a table that has to change, or when something has to change and a pooler stands between.
 */
export async function migrateDatabase(url: string, patience = PATIENCE): Promise<void> {
  if (readDatabaseUrl(url).isPooledByTransaction && (await needsNothing(url))) return;
  await withMigrationLock(url, async (db) => {
    await buildIndexesOnline(db);
    await db.execute(sql`select set_config('lock_timeout', ${`${patience.lockTimeoutMs}ms`}, false)`);
    await migrateWhenFree(db, patience);
  });
}

/** Whether the tables are there, and no older than this version; whoever finds them newer says so later. */
async function needsNothing(url: string): Promise<boolean> {
  const { db, close } = openDatabase(url, { max: 1, name: "migrate" });
  try {
    const [row] = await db.execute<{ isThere: boolean }>(
      sql`select to_regclass('drizzle.__drizzle_migrations') is not null as "isThere"`,
    );
    return row?.isThere === true && (await compareSchema(db)) !== "older";
  } finally {
    await close();
  }
}

/**
 * Does something that must be over before a process may start on this database; on one connection, which `work` is given. Throws
 * `UNAVAILABLE` where a pooler may give the session with the lock to somebody else.
 */
export async function withMigrationLock(url: string, work: (db: Db) => Promise<void>): Promise<void> {
  if (readDatabaseUrl(url).isPooledByTransaction)
    throw new AppError(
      "UNAVAILABLE",
      "Tables can't be made or changed through a pooler (pgbouncer=true). Do this once with a DATABASE_URL that names Postgres itself: npm run migrate, or ratebook restore. Then start again",
    );
  const { db, close } = openDatabase(url, { max: 1, name: "migrate" });
  try {
    await takeLock(db);
    await work(db);
  } finally {
    await close();
  }
}

/** Asks again and again: an index that is built online waits for every statement, also for one that waits for this lock. */
async function takeLock(db: Db): Promise<void> {
  for (;;) {
    const [row] = await db.execute<{ isTaken: boolean }>(
      sql`select pg_try_advisory_lock(${MIGRATION_LOCK}) as "isTaken"`,
    );
    if (row?.isTaken === true) return;
    await sleep(LOCK_POLL_MS);
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
  if (version === undefined) return migrate(db, { migrationsFolder: MIGRATIONS_FOLDER });
  // The library goes through all migrations that its folder lists.
  const folder = await mkdtemp(join(tmpdir(), "ratebook-migrations-"));
  try {
    await cp(MIGRATIONS_FOLDER, folder, { recursive: true });
    const { entries, ...rest } = await readJournal();
    const wanted = { ...rest, entries: entries.filter(({ when }) => when <= version) };
    await writeFile(join(folder, JOURNAL), JSON.stringify(wanted));
    await migrate(db, { migrationsFolder: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
  if ((await compareSchema(db)) !== "newer") return;
  throw new AppError(
    "CONFLICT",
    "The database has been migrated by a newer version of Ratebook; this one does not work on it. Start the newer version, and stop this one",
  );
}

/** How the database's tables stand to those of this version. Throws when there are none. */
export async function compareSchema(db: Db): Promise<"current" | "older" | "newer"> {
  const { known, applied } = await readVersions(db);
  if (known === applied) return "current";
  return applied > known ? "newer" : "older";
}

/** Whether the database stands exactly at the newest migration this process knows. */
export async function isSchemaCurrent(db: Db): Promise<boolean> {
  return (await compareSchema(db)) === "current";
}
