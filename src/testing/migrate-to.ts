import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { z } from "zod";
import { openDatabase } from "#/platform/database.ts";

const JOURNAL = "meta/_journal.json";
const journalFile = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) });

async function readJournal(folder: string) {
  return journalFile.parse(JSON.parse(await readFile(join(folder, JOURNAL), "utf8")));
}

/** The names of all migrations, the oldest first. */
export async function listMigrations(): Promise<string[]> {
  const { entries } = await readJournal("drizzle");
  return entries.map(({ tag }) => tag);
}

/** Brings an empty database to the schema that the migration whose name begins with `start` leaves. */
export async function migrateTo(url: string, start: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-old-"));
  const { db, close } = openDatabase(url, { max: 1, name: "old schema" });
  try {
    await cp("drizzle", folder, { recursive: true });
    const journal = await readJournal(folder);
    const last = journal.entries.findIndex(({ tag }) => tag.startsWith(start));
    if (last === -1) throw new Error(`There is no migration ${start}`);
    await writeFile(join(folder, JOURNAL), JSON.stringify({ ...journal, entries: journal.entries.slice(0, last + 1) }));
    await migrate(db, { migrationsFolder: folder });
  } finally {
    await close();
    await rm(folder, { recursive: true });
  }
}
