import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import { sources } from "#/sources/schema.ts";

/** Of these sources those that syncs may read now; null is every source that is enabled when a job starts, and stays so. */
export async function listEnabled(tx: Tx, names: readonly string[] | null): Promise<readonly string[] | null> {
  if (names === null) return null;
  const rows = await tx
    .select({ name: sources.name })
    .from(sources)
    .where(and(inArray(sources.name, [...names]), eq(sources.enabled, true)))
    .orderBy(sql`source_rank(${sources.name})`);
  return rows.map(({ name }) => name);
}
