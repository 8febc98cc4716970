import { z } from "zod";
import { JOB_STATUSES } from "#/terms/job-status.ts";
import type { SyncDetail, SyncSummary } from "#/sync/jobs/list-syncs.ts";

/** The origin knows four words; its poll loop stops at exactly `success` and `failed`. */
const ORIGIN_STATUSES = ["queued", "running", "success", "failed"] as const;

const count = z.int().min(0);

const originSource = z.object({
  outcome: z.string().meta({ description: "`applied`, `unchanged` or `failed`" }),
  models_fetched: count,
  models_updated: count.meta({ description: "New and changed prices" }),
  models_unchanged: count,
  models_skipped: count.meta({ description: "Entries that could not be read, or that are no offer" }),
  models_held: count.meta({ description: "Held for a person to decide" }),
  error_message: z.string().nullable(),
});

const summary = {
  job_id: z.string(),
  status: z.enum(ORIGIN_STATUSES).meta({ description: "`partial` and `cancelled` read as `failed`; see `outcome`" }),
  outcome: z.enum(JOB_STATUSES),
  retrying_at: z
    .string()
    .nullable()
    .meta({ description: "When its next attempt starts at the earliest, while it waits for one" }),
  progress_percent: z.int().min(0).max(100),
  triggered_at: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  duration_seconds: z.number().nullable().meta({ description: "So far, or in all" }),
  triggered_by: z.string(),
};

export const originSummary = z.object(summary);

export const originSync = z.object({
  ...summary,
  sources_synced: count,
  sources_failed: count,
  models_fetched: count,
  models_updated: count,
  models_unchanged: count,
  models_skipped: count,
  models_held: count,
  total_errors: count.meta({ description: "Sources that failed; 1 when the sync failed for another reason" }),
  error_message: z.string().nullable(),
  result: z
    .object({ sources: z.record(z.string(), originSource) })
    .nullable()
    .meta({ description: "By source; null before the sync has ended" }),
});

/** A sync's state in the origin's words. One that has begun and waits for its next attempt is still running. */
function asOriginStatus({ status, attempt }: SyncSummary): (typeof ORIGIN_STATUSES)[number] {
  if (status === "queued" && attempt > 0) return "running";
  return status === "partial" || status === "cancelled" ? "failed" : status;
}

export function asOriginSummary(sync: SyncSummary): z.infer<typeof originSummary> {
  return {
    job_id: sync.jobId,
    status: asOriginStatus(sync),
    outcome: sync.status,
    retrying_at: sync.retryAt,
    progress_percent: sync.completedAt === null ? sync.progressPercent : 100,
    triggered_at: sync.triggeredAt,
    started_at: sync.startedAt,
    completed_at: sync.completedAt,
    duration_seconds: sync.durationSeconds,
    triggered_by: sync.triggeredBy,
  };
}

/** One sync as the origin's clients read it. Counts are of offers, summed over its sources. */
export function asOriginSync(sync: SyncDetail): z.infer<typeof originSync> {
  const sources = new Map(sync.log.map((entry) => [entry.source, asOriginSource(entry)]));
  const all = [...sources.values()];
  const sum = (name: keyof z.infer<typeof originSource> & `models_${string}`) =>
    all.reduce((total, source) => total + source[name], 0);
  const failed = all.filter(({ outcome }) => outcome === "failed").length;
  return {
    ...asOriginSummary(sync),
    sources_synced: all.length - failed,
    sources_failed: failed,
    models_fetched: sum("models_fetched"),
    models_updated: sum("models_updated"),
    models_unchanged: sum("models_unchanged"),
    models_skipped: sum("models_skipped"),
    models_held: sum("models_held"),
    total_errors: failed > 0 || sync.status !== "failed" ? failed : 1,
    error_message: sync.errorMessage,
    result: sync.completedAt === null ? null : { sources: Object.fromEntries(sources) },
  };
}

function asOriginSource({ outcome, counts, errorMessage }: SyncDetail["log"][number]): z.infer<typeof originSource> {
  const skipped = Object.values(counts.skippedBy).reduce((total, one) => total + one, 0);
  return {
    outcome,
    models_fetched: counts.offers,
    models_updated: counts.created + counts.changed,
    models_unchanged: counts.unchanged,
    models_skipped: counts.rejected + skipped,
    models_held: counts.held + counts.stillHeld,
    error_message: errorMessage,
  };
}
