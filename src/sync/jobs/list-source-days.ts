import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { STALE_AFTER_SECONDS } from "#/sources/stale-after.ts";
import { stripInput } from "#/sync/jobs/strip-syncs.ts";

export const sourceDaysInput = stripInput.pick({ days: true, timeZone: true });

export const sourceDays = z.object({
  source: z.string(),
  /** Every calendar day up to today in the zone that was asked for, oldest first. */
  days: z.array(
    z.object({
      /** As 2026-11-01. */
      day: z.string(),
      /** Its syncs that read the source. */
      read: z.int(),
      failed: z.int(),
      cancelled: z.int(),
      /** Whether it was fresh at the end of the day, or is now; null before its first sync in these days. */
      isFresh: z.boolean().nullable(),
    }),
  ),
});

/**
 * How the syncs of every source went, by the day on which they ended, and whether the source was fresh when the day ended; by the
 * database's clock. As in the success rate, only syncs count: a replay or an archive says nothing of how well a source is reached.
 */
export async function listSourceDays(
  db: Db,
  { days, timeZone }: z.infer<typeof sourceDaysInput>,
): Promise<z.infer<typeof sourceDays>[]> {
  const good = sql`outcome in ('applied', 'unchanged')`;
  // A source is fresh for less than a day, so one day before the first is enough to know whether that one was.
  const rows = await db.execute(sql`
    with today as (select (clock_timestamp() at time zone ${timeZone})::date as day),
      ended as (
        select l.source, (l.completed_at at time zone ${timeZone})::date as day, l.completed_at, l.outcome
        from pricing_sync_log l join pricing_sync_jobs j using (job_id)
        where j.kind = 'sync'
          and l.completed_at >= ((select day from today) - ${days}::int)::timestamp at time zone ${timeZone}),
      cell as (
        select s.name as source, each.day::date as day
        from sources s, today, generate_series(today.day - ${days}::int, today.day, interval '1 day') as each(day)),
      counted as (
        select source, day, count(*) filter (where ${good})::int as read,
          count(*) filter (where outcome = 'failed')::int as failed,
          count(*) filter (where outcome = 'cancelled')::int as cancelled,
          max(completed_at) as last_end, max(completed_at) filter (where ${good}) as last_read
        from cell left join ended using (source, day) group by source, day),
      followed as (
        select counted.*, max(last_end) over upto as ended_at, max(last_read) over upto as read_at,
          least(clock_timestamp(), (day + 1)::timestamp at time zone ${timeZone}) as day_end
        from counted window upto as (partition by source order by day))
    select source, json_agg(json_build_object(
        'day', to_char(day, 'YYYY-MM-DD'), 'read', read, 'failed', failed, 'cancelled', cancelled,
        'isFresh', case when ended_at is not null
          then coalesce(day_end - read_at <= ${STALE_AFTER_SECONDS} * interval '1 second', false) end) order by day) as days
    from followed where day > (select day from today) - ${days}::int
    group by source order by source_rank(source)`);
  return z.array(sourceDays).parse([...rows]);
}
