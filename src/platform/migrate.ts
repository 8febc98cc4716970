import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
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
  const { db, close } = openDatabase(url, { max: 1, name: "migrate" });
  try {
    await db.execute(sql`select pg_advisory_lock(${MIGRATION_LOCK})`);
    await db.execute(sql`select set_config('lock_timeout', ${`${patience.lockTimeoutMs}ms`}, false)`);
    await migrateWhenFree(db, patience);
    // A pooler may hand this session to somebody else.
    await db.execute(sql`reset lock_timeout`);
  } finally {
    await close();
  }
}

async function migrateWhenFree(db: PostgresJsDatabase, { attempts, pauseMs }: typeof PATIENCE): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await migrate(db, { migrationsFolder });
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
