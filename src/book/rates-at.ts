import { sql, type SQL } from "drizzle-orm";

/** The instant that is asked about, and the one whose knowledge counts: ISO 8601, now when absent. */
export type AsOf = Readonly<{ at?: string | undefined; knownAt?: string | undefined }>;

/** The order of pages; `r` is a row with a seller, a model and a variant. `default` comes before the other variants. */
export const RATE_ORDER = sql`r.model, r.seller, (r.variant <> 'default'), r.variant`;

/** The newest version that the book had at an instant (ISO 8601), now when absent; 0 before the first. */
export function versionAt(knownAt: string | SQL | undefined): SQL {
  // Versions are numbered in the order of their instants.
  const newest =
    knownAt === undefined
      ? sql`order by version desc`
      : sql`where at <= ${knownAt}::timestamptz order by at desc, version desc`;
  return sql`coalesce((select version from book_versions ${newest} limit 1), 0)`;
}

/**
 * A query for the present rate of every (seller, model, variant), by the database's clock or by an instant just read from it.
 * `filters` see the rates as `r`. The rows come in the order of pages, and the first `most` of them are found without reading the rest.
 */
export function presentRates(
  { now, most }: Readonly<{ now?: string | undefined; most?: number | undefined }>,
  filters: readonly SQL[],
): SQL {
  const conditions = [isPresent(now), ...filters];
  return sql`select distinct on (${RATE_ORDER}) r.* from rates r where ${all(conditions)}
    order by ${RATE_ORDER}, r.valid_from desc nulls last ${most === undefined ? sql`` : sql`limit ${most}`}`;
}

/** A rate `r` that no version has closed. */
const IS_STANDING = sql`r.version_to is null`;

/**
 * What a question about rates is asked of: an instant, and what a version of the book says of it. Without both it is asked of the
 * present, by the database's clock or by an instant just read from it.
 */
export type RatesAsked = Readonly<{
  at?: string | SQL | undefined;
  version?: SQL | undefined;
  now?: string | SQL | undefined;
}>;

/** A query for the rate of a key `k` at an instant, with one row or none. It reads no more of a timeline than it must. */
export function rateOfKey(asked: RatesAsked): SQL {
  return sql`select r.* from rates r where ${isSameKey("r", "k")} and ${isAsked(asked)}
    order by r.valid_from desc nulls last limit 1`;
}

/** Of a rate `r` that is asked for, or that one which begins later takes the place of. */
function isAsked({ at, version, now }: RatesAsked): SQL {
  if (at === undefined && version === undefined) return isPresent(now);
  const known =
    version === undefined
      ? IS_STANDING
      : sql`r.version_from <= ${version} and (r.version_to is null or r.version_to > ${version})`;
  return sql`${known} and r.valid_from <= ${instantOf(at)}`;
}

/** What the index of present rates is made of. To look for them in the timelines reads a page of the past for each. */
function isPresent(now: string | SQL | undefined): SQL {
  return sql`${IS_STANDING} and r.valid_to is null and r.valid_from <= ${instantOf(now)}`;
}

type KeyTable = "r" | "b" | "k";

/** Two rows, of rates or keys, that are of the same key, in the words of the timelines' index. */
export function isSameKey(one: KeyTable, other: KeyTable): SQL {
  const of = (table: string) =>
    sql.raw(`(${table}.model, ${table}.seller, (${table}.variant <> 'default'), ${table}.variant)`);
  return sql`${of(one)} = ${of(other)}`;
}

type Walk = Readonly<{
  /** Conditions on keys `r` that the index can follow, such as that of one model, or of a place in the order of pages. */
  within?: readonly SQL[];
  /** Conditions on rates `r`. */
  filters?: readonly SQL[];
  /** So many rates are enough. */
  most?: number;
}>;

/**
 * A query for the rate of every (seller, model, variant) at an instant. The rows come in the order of pages. It goes from one key to
 * the next by the index, so that it takes as long whatever the length of the timelines is.
 */
export function ratesAt(asked: RatesAsked, { within = [], filters = [], most }: Walk): SQL {
  const step = (after: SQL, found: SQL) => sql`(
    select k.model, k.seller, k.variant, r.id, ${found} + (r.id is not null)::int as found
    from (${nextKey([after, ...within])}) k
      left join lateral (select r.id from (${rateOfKey(asked)}) r where ${all(filters)}) r on true)`;
  const isEnough = most === undefined ? sql`true` : sql`w.found < ${most}`;
  return sql`
    with recursive walk as (
      ${step(sql`true`, sql`0`)}
      union all
      select n.* from walk w cross join lateral ${step(IS_AFTER, sql`w.found`)} n where ${isEnough})
    select r.* from walk join rates r using (id) order by ${RATE_ORDER}`;
}

const IS_AFTER = sql`(${RATE_ORDER}) > (w.model, w.seller, (w.variant <> 'default'), w.variant)`;

/** The first (seller, model, variant) under some conditions on rates `r` that ever had a rate. */
function nextKey(conditions: readonly SQL[]): SQL {
  return sql`select r.model, r.seller, r.variant from rates r where ${all(conditions)} order by ${RATE_ORDER} limit 1`;
}

/** A query for every (seller, model, variant) that ever had a rate, under conditions on rates `r` that the index can follow. */
export function rateKeys(within: readonly SQL[]): SQL {
  return sql`
    with recursive walk as (
      (${nextKey(within)})
      union all
      select n.* from walk w cross join lateral (${nextKey([IS_AFTER, ...within])}) n)
    select * from walk`;
}

/** All of these conditions at once; none is none. */
export function all(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` and `);
}

function instantOf(at: string | SQL | undefined): SQL {
  return at === undefined ? sql`clock_timestamp()` : sql`${at}::timestamptz`;
}
