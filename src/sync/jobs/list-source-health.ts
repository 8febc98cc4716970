import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { SOURCE_OUTCOMES } from "#/terms/source-outcome.ts";

export const sourceHealth = z.object({
  /** Of its syncs of the last 30 days that were not cancelled, from 0 to 1; null when there were none. */
  successRate: z.number().nullable(),
  /** Its last ten syncs, the newest first. `bytes` and `ms` are of the transfer; null when it did not come to one. */
  recentFetches: z.array(
    z.object({
      at: z.string(),
      bytes: z.number().nullable(),
      ms: z.number().nullable(),
      outcome: z.enum(SOURCE_OUTCOMES),
    }),
  ),
});
export type SourceHealth = z.infer<typeof sourceHealth>;

const DAYS = 30;
const FETCHES_SHOWN = 10;
const NONE: SourceHealth = { successRate: null, recentFetches: [] };

/** How the syncs of each source went; a dry run leaves no log. One that has not been read for 30 days has neither a rate nor fetches. */
export async function listSourceHealth(db: Db): Promise<(source: string) => SourceHealth> {
  const rows = await db.execute(sql`
    with syncs as (
      select l.source, l.completed_at, l.bytes, l.fetch_ms, l.outcome,
        row_number() over (partition by l.source order by l.completed_at desc, l.id desc) as place
      from pricing_sync_log l join pricing_sync_jobs j using (job_id)
      where j.kind = 'sync'
        and l.completed_at > clock_timestamp() - ${DAYS} * interval '1 day')
    select source,
      count(*) filter (where outcome in ('applied', 'unchanged'))::float8
        / nullif(count(*) filter (where outcome <> 'cancelled'), 0) as "successRate",
      json_agg(json_build_object('at', completed_at, 'bytes', bytes, 'ms', fetch_ms, 'outcome', outcome) order by place)
        filter (where place <= ${FETCHES_SHOWN}) as "recentFetches"
    from syncs group by source`);
  const found = z.array(sourceHealth.extend({ source: z.string() })).parse([...rows]);
  const bySource = new Map(found.map(({ source, ...health }) => [source, health]));
  return (source) => bySource.get(source) ?? NONE;
}
