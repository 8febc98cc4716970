import type { JobStatus } from "#/terms/job-status.ts";
import type { JobProgress } from "#/terms/progress.ts";

export const SYNC_EVENT_KINDS = ["queued", "started", "progress", "source", "cancelling", "requeued", "ended"] as const;
export type SyncEventKind = (typeof SYNC_EVENT_KINDS)[number];

/** `message` is for people; `progress` is the whole state, so that one event is enough to draw the page. */
export type SyncEventData = Readonly<{
  message: string;
  status: JobStatus;
  progress?: JobProgress | undefined;
  source?: string | undefined;
  attempt?: number | undefined;
}>;
