import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { matchSyncs, runFilter } from "#/sync/jobs/sync-filter.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { lastDays } from "#/terms/day-strip.ts";

export const stripInput = runFilter.extend(lastDays.shape);

export const dailyRuns = z.object({
  /** The calendar day in the zone that was asked for, as 2026-11-01. */
  day: z.string(),
  success: z.int(),
  partial: z.int(),
  failed: z.int(),
  cancelled: z.int(),
});

/**
 * How the runs of the last days ended, by the day on which they were triggered in the reader's zone; every day up to today
 * by the database's clock is present, oldest first.
 */
export async function stripSyncs(
  db: Db,
  { days, timeZone: zone, ...filter }: z.infer<typeof stripInput>,
): Promise<z.infer<typeof dailyRuns>[]> {
  const { triggeredAt, status } = pricingSyncJobs;
  const count = (ended: string) => sql`count(*) filter (where ended.status = ${ended})::int`;
  // The first midnight bounds the rows that are read by the index on `triggered_at`.
  const rows = await db.execute(sql`
    with today as (select (clock_timestamp() at time zone ${zone})::date as day),
      ended as (
        select (${triggeredAt} at time zone ${zone})::date as day, ${status} as status from ${pricingSyncJobs}
        where ${triggeredAt} >= ((select day from today) - ${days - 1}::int)::timestamp at time zone ${zone}
          and ${matchSyncs(filter) ?? sql`true`})
    select to_char(each.day, 'YYYY-MM-DD') as day, ${count("success")} as success, ${count("partial")} as partial,
      ${count("failed")} as failed, ${count("cancelled")} as cancelled
    from today, generate_series(today.day - ${days - 1}::int, today.day, interval '1 day') as each(day)
      left join ended on ended.day = each.day::date
    group by each.day order by each.day`);
  return z.array(dailyRuns).parse([...rows]);
}
