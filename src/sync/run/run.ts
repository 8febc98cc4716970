import type { Clock } from "#/platform/clock.ts";
import type { Db } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import type { FetchSource } from "#/sources/fetch-source.ts";
import type { sources } from "#/sources/schema.ts";
import type { LeaseMeter } from "#/sync/lease/lease-meter.ts";
import type { Lease } from "#/sync/lease/lease.ts";
import type { JobInput } from "#/terms/job-input.ts";
import type { JobKind } from "#/terms/job-kind.ts";
import type { JobProgress, SourceProgress } from "#/terms/progress.ts";

export type RunDeps = Readonly<{
  db: Db;
  clock: Clock;
  leaseMs: number;
  leaseMeter: LeaseMeter;
  fetchSource: FetchSource;
  queue: Pick<Queue, "send" | "remove">;
  /** What the waits between attempts are multiplied by: 1, and next to nothing in tests. */
  retryPace: number;
}>;

export type SourceRow = typeof sources.$inferSelect;

/** A source that is left to do. `waitSeconds`: it has asked us to come back no earlier; 0 when it may be asked now. */
export type PlannedSource = Readonly<{ source: SourceRow; waitSeconds: number }>;

/** One attempt of a job, under its lease. */
export type Run = Readonly<{
  lease: Lease;
  jobId: string;
  kind: JobKind;
  input: JobInput;
  triggeredBy: string;
  attempt: number;
  /** Attempts that count towards giving the job up, this one included. */
  attemptsCounted: number;
  planned: readonly PlannedSource[];
  progress: ProgressBoard;
}>;

/** Where all sources of a run stand now. */
export type ProgressBoard = Readonly<{
  set: (source: string, progress: SourceProgress) => void;
  snapshot: () => JobProgress;
  /** Makes it count as changed. */
  touch: () => void;
  /** Whether something has changed since it was asked last. */
  takeChanged: () => boolean;
}>;

export function createProgressBoard(initial: JobProgress["sources"]): ProgressBoard {
  const sources = { ...initial };
  let changed = false;
  return {
    set(source, progress) {
      sources[source] = progress;
      changed = true;
    },
    touch: () => void (changed = true),
    snapshot: () => ({ sources: { ...sources } }),
    takeChanged() {
      const was = changed;
      changed = false;
      return was;
    },
  };
}
