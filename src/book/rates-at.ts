import { sql, type SQL } from "drizzle-orm";

/** The instant that is asked about, and the one whose knowledge counts: ISO 8601, now when absent. */
export type AsOf = Readonly<{ at?: string | undefined; knownAt?: string | undefined }>;

/** The order of pages; `r` is a row with a seller, a model and a variant. `default` comes before the other variants. */
export const RATE_ORDER = sql`r.model, r.seller, (r.variant <> 'default'), r.variant`;

/** The newest version that the book had at an instant (ISO 8601), now when absent; 0 before the first. */
export function versionAt(knownAt: string | undefined): SQL {
  const known = knownAt === undefined ? sql`true` : sql`at <= ${knownAt}::timestamptz`;
  return sql`coalesce((select version from book_versions where ${known} order by version desc limit 1), 0)`;
}

/** A rate `r` that no other has followed. A question about the present needs no others: a closed one is followed by one that has begun. */
export const IS_OPEN = sql`r.valid_to is null`;

/**
 * A query for the rate of every (seller, model, variant) at `at`, as the book of a version says; as the present one says when
 * none is given. `filters` see the rates as `r`. The rows come in the order of pages.
 */
export function ratesAt(
  { at, version }: Readonly<{ at?: string | undefined; version?: SQL | undefined }>,
  filters: readonly SQL[],
): SQL {
  const instant = at === undefined ? sql`clock_timestamp()` : sql`${at}::timestamptz`;
  const known =
    version === undefined
      ? sql`r.version_to is null`
      : sql`r.version_from <= ${version} and (r.version_to is null or r.version_to > ${version})`;
  const open = at === undefined && version === undefined ? [IS_OPEN] : [];
  const conditions = [known, sql`r.valid_from <= ${instant}`, ...open, ...filters];
  return sql`select distinct on (${RATE_ORDER}) r.* from rates r where ${sql.join(conditions, sql` and `)}
    order by ${RATE_ORDER}, r.valid_from desc nulls last`;
}
