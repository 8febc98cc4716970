import { sql, type SQL } from "drizzle-orm";
import type { AsOf } from "#/book/rates-at.ts";

/** A query for the pins that were in force at `at`, as known at `knownAt`. `filters` see the pins as `n`. */
export function pinsAt({ at, knownAt }: AsOf, filters: readonly SQL[]): SQL {
  const instant = instantOf(at);
  const known = instantOf(knownAt);
  const conditions = [
    sql`n.set_at <= ${instant} and n.set_at <= ${known}`,
    sql`(n.expires_at is null or n.expires_at > ${instant})`,
    sql`(n.cleared_at is null or n.cleared_at > ${instant} or n.cleared_at > ${known})`,
    ...filters,
  ];
  return sql`select n.* from price_pins n where ${sql.join(conditions, sql` and `)}`;
}

/** An instant as the database's, now when absent. */
export function instantOf(text: string | undefined): SQL {
  return text === undefined ? sql`clock_timestamp()` : sql`${text}::timestamptz`;
}
