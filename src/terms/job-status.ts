/**
 * The life of a job. A state only moves as `JOB_MOVES` allows, and only by `moveJob` in sync/jobs:
 *
 *   queued ──> running ──> success | partial | failed | cancelled
 *     │           └──────> queued      the next attempt has a higher fence: the worker died or stopped, the database went
 *     │                                away, or a source failed in a way that can pass; with a wait, and not for ever
 *     └──────> cancelled | failed
 */
export const JOB_STATUSES = ["queued", "running", "success", "partial", "failed", "cancelled"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export const ENDED_STATUSES = ["success", "partial", "failed", "cancelled"] as const satisfies readonly JobStatus[];
export type EndedStatus = (typeof ENDED_STATUSES)[number];

export function isEnded(status: JobStatus): status is EndedStatus {
  return status !== "queued" && status !== "running";
}

/** From each state, where a job may move. */
const JOB_MOVES: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  queued: ["running", "failed", "cancelled"],
  running: ["queued", ...ENDED_STATUSES],
  success: [],
  partial: [],
  failed: [],
  cancelled: [],
};

export function mayMove(from: JobStatus, to: JobStatus): boolean {
  return JOB_MOVES[from].includes(to);
}

/** How one attempt of a job ended. `retrying`: some sources failed in a way that can pass, and are tried again. */
export const ATTEMPT_OUTCOMES = [...ENDED_STATUSES, "retrying", "faulted", "drained", "died"] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** Success only when every source succeeded; a run that lost one source is never green. */
export function endStatus(sources: { succeeded: number; failed: number }): "success" | "partial" | "failed" {
  if (sources.failed === 0) return "success";
  return sources.succeeded === 0 ? "failed" : "partial";
}
