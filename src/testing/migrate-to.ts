import { openDatabase } from "#/platform/database.ts";
import { migrateTo as migrateToVersion } from "#/platform/migrate.ts";
import { readJournal } from "#/platform/migration-journal.ts";

/** The names of all migrations, the oldest first. */
export async function listMigrations(): Promise<string[]> {
  const { entries } = await readJournal();
  return entries.map(({ tag }) => tag);
}

/** Brings an empty database to the schema that the migration whose name begins with `start` leaves. */
export async function migrateTo(url: string, start: string): Promise<void> {
  const { entries } = await readJournal();
  const last = entries.find(({ tag }) => tag.startsWith(start));
  if (last === undefined) throw new Error(`There is no migration ${start}`);
  const { db, close } = openDatabase(url, { max: 1, name: "old schema" });
  try {
    await migrateToVersion(db, last.when);
  } finally {
    await close();
  }
}
