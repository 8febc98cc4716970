import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";

export const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../drizzle", import.meta.url));
export const JOURNAL = "meta/_journal.json";

const journal = z.looseObject({ entries: z.array(z.looseObject({ when: z.number(), tag: z.string() })) });

/** All migrations, the oldest first: `when` is the version of the schema that it leaves, `tag` the name of its file. */
export async function readJournal(): Promise<z.infer<typeof journal>> {
  return journal.parse(JSON.parse(await readFile(join(MIGRATIONS_FOLDER, JOURNAL), "utf8")));
}

/** When the newest migration was made that the database has been through; 0 without any. Throws where there never was one. */
export async function readSchemaVersion(db: Db): Promise<number> {
  const rows = await db.execute<{ newest: string | null }>(
    sql`select max(created_at)::text as newest from drizzle.__drizzle_migrations`,
  );
  return Number(rows[0]?.newest ?? 0);
}
