import { z } from "zod";
import { JOB_STATUSES } from "#/terms/job-status.ts";
import { jobProgress } from "#/terms/progress.ts";

export const SYNC_EVENT_KINDS = ["queued", "started", "progress", "source", "cancelling", "requeued", "ended"] as const;
export type SyncEventKind = (typeof SYNC_EVENT_KINDS)[number];

/** `message` is for people; `progress` is the whole state, so that one event is enough to draw the page. */
export const syncEventData = z.object({
  message: z.string(),
  status: z.enum(JOB_STATUSES),
  progress: jobProgress.optional(),
  source: z.string().optional(),
  attempt: z.int().optional(),
});
export type SyncEventData = z.infer<typeof syncEventData>;
