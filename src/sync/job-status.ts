/**
 * The life of a job. A state only moves forward, by one conditional UPDATE that names where it may come from:
 *
 *   queued ──> running ──> success | partial | failed | cancelled
 *     │           └──────> queued      the worker died; the next attempt has a higher fence
 *     └──────> cancelled | failed
 */
export const JOB_STATUSES = ["queued", "running", "success", "partial", "failed", "cancelled"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export const ENDED_STATUSES = ["success", "partial", "failed", "cancelled"] as const satisfies readonly JobStatus[];
export type EndedStatus = (typeof ENDED_STATUSES)[number];

export function isEnded(status: JobStatus): status is EndedStatus {
  return status !== "queued" && status !== "running";
}

/** Success only when every source succeeded; a run that lost one source is never green. */
export function endStatus(sources: { succeeded: number; failed: number }): "success" | "partial" | "failed" {
  if (sources.failed === 0) return "success";
  return sources.succeeded === 0 ? "failed" : "partial";
}
