import { and, inArray, sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { nameOfStarter } from "#/sync/jobs/describe-starter.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { RUN_KINDS, type RunKind } from "#/terms/job-kind.ts";
import { JOB_STATUSES } from "#/terms/job-status.ts";

const instant = z.iso.datetime({ offset: true, message: "an instant such as 2026-08-01T12:00:00Z" });

/** Which runs a strip of days counts. A field that is absent does not restrict; those that are present all apply. */
export const runFilter = z.object({
  statuses: z.array(z.enum(JOB_STATUSES)).max(JOB_STATUSES.length).optional(),
  kinds: z.array(z.enum(RUN_KINDS)).max(RUN_KINDS.length).optional(),
  /** A source that the run asked for, or had part in. */
  source: z.string().min(1).max(100).optional(),
  /** Text in the name of who started it, in any case. */
  by: z.string().trim().min(1).max(200).optional(),
});

/** Which runs a list shows: `from` at the earliest, before `to`, by the instant at which they were triggered. */
export const syncFilter = runFilter.extend({ from: instant.optional(), to: instant.optional() });
export type SyncFilter = z.infer<typeof syncFilter>;

const isDryRun = sql`coalesce((${pricingSyncJobs.input}->>'dryRun')::boolean, false)`;

/** The condition on `pricing_sync_jobs`; undefined where nothing restricts. An empty list of states or kinds matches no run. */
export function matchSyncs({ statuses, kinds, source, by, from, to }: SyncFilter): SQL | undefined {
  const { triggeredAt, triggeredBy, status } = pricingSyncJobs;
  return and(
    statuses === undefined ? undefined : inArray(status, statuses),
    kinds === undefined ? undefined : matchKinds(kinds),
    source === undefined ? undefined : hasSource(source),
    by === undefined
      ? undefined
      : sql`strpos(lower(${triggeredBy} || ' ' || ${nameOfStarter(sql`${triggeredBy}`)}), lower(${by})) > 0`,
    from === undefined ? undefined : sql`${triggeredAt} >= ${from}::timestamptz`,
    to === undefined ? undefined : sql`${triggeredAt} < ${to}::timestamptz`,
  );
}

function matchKinds(kinds: readonly RunKind[]): SQL {
  const kind = sql`case when ${isDryRun} then 'dry_run' else ${pricingSyncJobs.kind} end`;
  return inArray(kind, [...kinds]);
}

// A run without a list of its own is of the sources that were enabled when it started, which its progress names.
function hasSource(source: string): SQL {
  return sql`(${source} = any(${pricingSyncJobs.sources})
    or jsonb_exists(${pricingSyncJobs.progress}->'sources', ${source}))`;
}
