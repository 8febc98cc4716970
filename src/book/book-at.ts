import { sql, type SQL } from "drizzle-orm";

/** The instant that is asked about, and the one whose knowledge counts: ISO 8601, now when absent. */
export type AsOf = Readonly<{ at?: string | undefined; knownAt?: string | undefined }>;

/**
 * A query for the newest history row of every (source, seller, model, variant) that took effect by `at` and was observed
 * by `knownAt`; an announced price that had been taken back by then does not count. `filters` see the history as `h`.
 */
export function bookAt({ at, knownAt }: AsOf, filters: readonly SQL[]): SQL {
  const conditions = [sql`h.cause not in ('pin', 'unpin')`, sql`h.effective_at <= ${instantOf(at)}`, ...filters];
  if (knownAt === undefined) conditions.push(sql`h.withdrawn_at is null`);
  else {
    conditions.push(sql`h.observed_at <= ${instantOf(knownAt)}`);
    conditions.push(sql`(h.withdrawn_at is null or h.withdrawn_at > ${instantOf(knownAt)})`);
  }
  return sql`
    select distinct on (h.source, h.seller, h.model, h.variant) h.*
    from model_pricing_history h where ${sql.join(conditions, sql` and `)}
    order by h.source, h.seller, h.model, h.variant, h.effective_at desc, h.observed_at desc, h.id desc`;
}

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

function instantOf(text: string | undefined): SQL {
  return text === undefined ? sql`clock_timestamp()` : sql`${text}::timestamptz`;
}
