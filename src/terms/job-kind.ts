import { z } from "zod";

/**
 * `sync` asks the sources. `replay` reads a stored payload again, `backfill` an archived one as of its own instant.
 * `revert` takes back what one run changed. `due` puts announced prices in force on their day.
 */
export const JOB_KINDS = ["sync", "replay", "backfill", "revert", "due"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const jobInput = z.object({
  /** Only says what would happen; nothing but the job itself is written. */
  dryRun: z.boolean().optional(),
  /** The stored payload that `replay` and `backfill` read. */
  digest: z.string().optional(),
  /** The instant that `backfill` observed its payload at. */
  at: z.string().optional(),
  /** The run that `revert` takes back. */
  revertedJobId: z.string().optional(),
  reason: z.string().optional(),
});
export type JobInput = z.infer<typeof jobInput>;
