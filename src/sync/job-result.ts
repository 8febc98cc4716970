import { z } from "zod";
import { plannedChange, plannedHold } from "#/book/describe-plan.ts";

/** What a run did or, in a dry run, would do to the offers of one source. Lists are cut; the totals are not. */
export const sourceResult = z.object({
  changes: z.array(plannedChange),
  changesTotal: z.int(),
  /** What all changes come to in USD a month, by the recorded usage; null when none meets them. */
  monthlyImpactUsd: z.string().nullable().default(null),
  holds: z.array(plannedHold),
  holdsTotal: z.int(),
  notes: z.array(z.string()),
});
export type SourceResult = z.infer<typeof sourceResult>;

export const jobResult = z.object({ dryRun: z.boolean(), sources: z.record(z.string(), sourceResult) });
export type JobResult = z.infer<typeof jobResult>;
