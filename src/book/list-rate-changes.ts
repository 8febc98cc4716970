import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { monthlyImpacts } from "#/book/monthly-impact.ts";
import { RATE_SOURCES } from "#/book/rate-columns.ts";
import { RATE_ORDER } from "#/book/rates-at.ts";
import { RATE_CAUSES } from "#/book/schema.ts";
import type { Db } from "#/platform/database.ts";
import { chargeOutput } from "#/terms/offer-output.ts";
import type { LastDays } from "#/terms/day-strip.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

/** A rate that came into force, in the place of what was there. */
export const rateChange = z.object({
  id: z.string(),
  version: z.string(),
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  state: z.enum(OFFER_STATES),
  charges: z.array(chargeOutput),
  /** Null for the first price. */
  previousState: z.enum(OFFER_STATES).nullable(),
  previousCharges: z.array(chargeOutput).nullable(),
  /** Names of sources, or `pin`; empty when nobody lists it any more. */
  from: z.array(z.string()),
  /** From when on it counts, and when the book came to know it. */
  effectiveAt: z.string(),
  observedAt: z.string(),
  cause: z.enum(RATE_CAUSES),
  jobId: z.string().nullable(),
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  /** What the change comes to in USD a month, by the usage recorded now; null when none meets it. */
  monthlyImpactUsd: z.string().nullable(),
});
export type RateChange = z.infer<typeof rateChange>;

/** Rows of `rates r` that changed a price when they came, beside the row `b` whose place they took and their version `v`. */
export const CHANGES = sql`rates r join book_versions v on v.version = r.version_from left join rates b on b.id = r.replaces`;

/** What became of a price: `first`, `changed`, or `gone` when nobody lists it any more. */
const WHAT = sql`case when r.origins = '[]' then 'gone' when b.id is null or b.origins = '[]' then 'first' else 'changed' end`;

/** Which changes: of a version, of a job, those that the book came to know after an instant, or by the ids of their rates. */
export type WhichChanges = Readonly<{
  version?: string | undefined;
  jobId?: string | undefined;
  since?: string | undefined;
  ids?: readonly number[] | undefined;
}>;

/** The condition on `CHANGES`. */
export function conditionOf({ version, jobId, since, ids }: WhichChanges): SQL {
  const conditions = [sql`r.is_news and r.fingerprint is distinct from b.fingerprint`];
  if (version !== undefined) conditions.push(sql`r.version_from = ${version}::bigint`);
  if (jobId !== undefined) conditions.push(sql`v.job_id = ${jobId}::uuid`);
  if (since !== undefined) conditions.push(sql`v.at > ${since}::timestamptz`);
  if (ids !== undefined)
    conditions.push(
      sql`r.id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`,
    );
  return sql.join(conditions, sql` and `);
}

/** Changes of prices in force, the newest first, and of one version those of a price before newcomers. */
export async function listRateChanges(
  db: Db,
  which: WhichChanges,
  { limit }: Readonly<{ limit: number }>,
): Promise<RateChange[]> {
  return readRateChanges(
    db,
    sql`${CHANGES} where ${conditionOf(which)} order by v.version desc, ${WHAT}, ${RATE_ORDER} limit ${limit}`,
  );
}

/** The changes of a query's rest from its `from` on, which names `r`, `b` and `v` as `CHANGES` does. In its order. */
export async function readRateChanges(db: Db, from: SQL): Promise<RateChange[]> {
  const rows = await db.execute(sql`
    select r.id::text, v.version::text, r.seller, r.model, r.variant, r.state, r.charges, b.state as "previousState",
      b.charges as "previousCharges", ${RATE_SOURCES} as "from", to_json(r.valid_from) #>> '{}' as "effectiveAt",
      to_json(v.at) #>> '{}' as "observedAt", r.cause, v.job_id as "jobId", v.actor, v.reason
    from ${from}`);
  const changes = z.array(rateChange.omit({ monthlyImpactUsd: true })).parse([...rows]);
  const impacts = await monthlyImpacts(
    db,
    changes.map((change) => ({ ...change, before: change.previousCharges ?? [], after: change.charges })),
  );
  return changes.map((change, index) => ({ ...change, monthlyImpactUsd: impacts[index] ?? null }));
}

/** How many prices came, changed and went. */
export type ChangeCounts = Readonly<{ first: number; changed: number; gone: number }>;

/** A query for the counts of each version, as its rates say. The book keeps them with the version. */
export function countNews(which: WhichChanges): SQL {
  const count = (what: string) => sql`count(*) filter (where c.what = ${what})::int as ${sql.raw(what)}`;
  return sql`select c.version, ${sql.join(["first", "changed", "gone"].map(count), sql`, `)}
    from (select v.version, ${WHAT} as what from ${CHANGES} where ${conditionOf(which)}) c group by c.version`;
}

/** Counts anew what came, changed and went with each version that brought a rate. */
export async function recountVersions(db: Db): Promise<void> {
  await db.execute(sql`
    update book_versions v set first = c.first, changed = c.changed, gone = c.gone
    from (${countNews({})}) c where c.version = v.version`);
}

const SUMS = sql`coalesce(sum(v.first), 0)::int as first, coalesce(sum(v.changed), 0)::int as changed,
  coalesce(sum(v.gone), 0)::int as gone`;

/** Of a version or a job, or of the rates with these ids. */
export async function countRateChanges(
  db: Db,
  which: Readonly<{ version: string } | { jobId: string } | { ids: readonly number[] }>,
): Promise<ChangeCounts> {
  const kept = (condition: SQL) => sql`book_versions v where ${condition}`;
  const from =
    "ids" in which
      ? sql`(${countNews(which)}) v`
      : kept("version" in which ? sql`v.version = ${which.version}::bigint` : sql`v.job_id = ${which.jobId}::uuid`);
  const [row] = await db.execute<ChangeCounts>(sql`select ${SUMS} from ${from}`);
  return row ?? { first: 0, changed: 0, gone: 0 };
}

export const dailyChanges = z.object({
  /** The calendar day in the zone that was asked for, as 2026-11-01. */
  day: z.string(),
  first: z.int(),
  changed: z.int(),
  gone: z.int(),
});

/**
 * How many prices in force came, changed and went in the last days, by the day on which the book came to know it in the reader's
 * zone; every day up to today by the database's clock is present, oldest first.
 */
export async function countDailyChanges(db: Db, { days, timeZone }: LastDays): Promise<z.infer<typeof dailyChanges>[]> {
  const midnight = (day: SQL) => sql`(${day})::timestamp at time zone ${timeZone}`;
  const rows = await db.execute(sql`
    with today as (select (clock_timestamp() at time zone ${timeZone})::date as day)
    select to_char(d.day, 'YYYY-MM-DD') as day, ${SUMS}
    from today cross join generate_series(0, ${days - 1}::int) as ago
      cross join lateral (select today.day - ago as day) d
      left join book_versions v on v.at >= ${midnight(sql`d.day`)} and v.at < ${midnight(sql`d.day + 1`)}
    group by d.day order by d.day`);
  return z.array(dailyChanges).parse([...rows]);
}
