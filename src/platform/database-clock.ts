import { sql, type SQL } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";

/** The database's time, ISO 8601 in UTC: what processes on different machines agree on. */
export async function nowText(db: Db): Promise<string> {
  const [row] = await db.execute<{ now: string }>(sql`select to_json(clock_timestamp()) #>> '{}' as now`);
  if (row === undefined) throw new Error("the database did not tell the time");
  return row.now;
}

/** An ISO 8601 text as the database's instant, microseconds kept. */
export function instantText(text: string): SQL<Date> {
  return sql<Date>`${text}::timestamptz`;
}
