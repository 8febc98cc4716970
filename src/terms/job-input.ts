import { z } from "zod";

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
  /** The HTTP request that asked for the job, as the log names it; absent for what nobody asked for over HTTP. */
  requestId: z.string().optional(),
  /** Where its trace began, for every attempt to continue it (`traceparent`); absent while traces are off. */
  trace: z.record(z.string(), z.string()).optional(),
});
export type JobInput = z.infer<typeof jobInput>;
