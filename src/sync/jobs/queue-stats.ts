import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { isDeadLetter } from "#/sync/jobs/list-syncs.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

const percentiles = z.object({ p50Seconds: z.number().nullable(), p95Seconds: z.number().nullable() });

export const queueStats = z.object({
  /** Runs that were triggered within these hours. */
  count: z.int(),
  /** From the trigger to the first start, of those that have started; null where none has. */
  wait: percentiles,
  /** From the first start to the end, of those that have ended; null where none has. */
  run: percentiles,
  /** Now, whenever they were triggered. */
  running: z.int(),
  queued: z.int(),
  deadLetters: z.int(),
});

/** How long runs waited and ran lately, and what the queue holds now, by the database's clock. */
export async function getQueueStats(db: Db, { hours }: { hours: number }): Promise<z.infer<typeof queueStats>> {
  const { triggeredAt, startedAt, completedAt, status } = pricingSyncJobs;
  const [row] = await db.execute(sql`
    with recent as (
      select extract(epoch from ${startedAt} - ${triggeredAt})::float8 as wait,
        extract(epoch from ${completedAt} - ${startedAt})::float8 as run
      from ${pricingSyncJobs} where ${triggeredAt} >= clock_timestamp() - ${hours}::int * interval '1 hour'),
    lately as (
      select count(*)::int as count, percentile_cont(array[0.5, 0.95]) within group (order by wait) as wait,
        percentile_cont(array[0.5, 0.95]) within group (order by run) as run from recent),
    active as (
      select count(*) filter (where ${status} = 'running')::int as running,
        count(*) filter (where ${status} = 'queued')::int as queued
      from ${pricingSyncJobs} where ${status} in ('queued', 'running'))
    select count, json_build_object('p50Seconds', lately.wait[1], 'p95Seconds', lately.wait[2]) as wait,
      json_build_object('p50Seconds', lately.run[1], 'p95Seconds', lately.run[2]) as run, running, queued,
      (select count(*)::int from ${pricingSyncJobs} where ${isDeadLetter}) as "deadLetters"
    from lately, active`);
  return queueStats.parse(row);
}
