import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { MIGRATIONS_FOLDER, readJournal, readSchemaVersion } from "#/platform/migration-journal.ts";

/**
 * Builds the indexes of pending migrations that say `CREATE INDEX IF NOT EXISTS`, while others go on reading and writing: the migration
 * itself runs in one transaction, in which an index can only be built while nobody writes to the table.
 */
export async function buildIndexesOnline(db: Db): Promise<void> {
  const [known] = await db.execute<{ isThere: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as "isThere"`,
  );
  if (known?.isThere !== true) return;
  const applied = await readSchemaVersion(db);
  const { entries } = await readJournal();
  for (const { tag } of entries.filter(({ when }) => when > applied)) {
    const statements = await readFile(join(MIGRATIONS_FOLDER, `${tag}.sql`), "utf8");
    for (const [, name = "", rest = ""] of statements.matchAll(/^CREATE INDEX IF NOT EXISTS "(\w+)" (.*);/gm))
      await buildIndexOnline(db, name, rest);
  }
}

async function buildIndexOnline(db: Db, name: string, rest: string): Promise<void> {
  // What a start that was killed has left half-built.
  const [broken] = await db.execute(
    sql`select from pg_index where indexrelid = to_regclass(${name}) and not indisvalid`,
  );
  if (broken !== undefined) await db.execute(sql`drop index concurrently ${sql.identifier(name)}`);
  try {
    await db.execute(sql`create index concurrently if not exists ${sql.identifier(name)} ${sql.raw(rest)}`);
  } catch (error) {
    // On what only a pending migration brings, that migration builds it.
    if (!isAbsent(error)) throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const code: unknown = error instanceof Error && error.cause instanceof Error && Reflect.get(error.cause, "code");
  return code === UNDEFINED_TABLE || code === UNDEFINED_COLUMN;
}

const UNDEFINED_TABLE = "42P01";
const UNDEFINED_COLUMN = "42703";
