import { z } from "zod";
import { HOLD_REASONS } from "#/terms/hold.ts";
import { askOutput } from "#/terms/offer-output.ts";

const plannedChange = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  /** Null for the first price. */
  before: askOutput.nullable(),
  after: askOutput,
  /** The day of an announced price; null when it is in force at once. */
  effectiveFrom: z.string().nullable(),
  /** USD a month, by the recorded usage; null when none meets it. */
  monthlyImpactUsd: z.string().nullable().default(null),
});
export type PlannedChange = z.infer<typeof plannedChange>;

const plannedHold = plannedChange.extend({
  reasons: z.array(z.enum(HOLD_REASONS)),
  words: z.array(z.string()),
});

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
