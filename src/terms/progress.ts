import { z } from "zod";
import { SOURCE_OUTCOMES } from "#/terms/source-outcome.ts";

/** Offers unless they say otherwise. */
export const sourceCounts = z.object({
  offers: z.int(),
  priced: z.int(),
  free: z.int(),
  unknown: z.int(),
  varies: z.int(),
  created: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  missing: z.int(),
  returned: z.int(),
  delisted: z.int(),
  /** Absent from a payload that lost too much at once to be believed. */
  stale: z.int().default(0),
  /** Prices for a later day, and such that were taken back. */
  announced: z.int().default(0),
  withdrawn: z.int().default(0),
  /** Newly held by the guard, held before and still offered, and holds that resolved themselves. */
  held: z.int().default(0),
  stillHeld: z.int().default(0),
  resolved: z.int().default(0),
  /** Offered at a value that a person rejected or took back before. */
  remembered: z.int().default(0),
  rejected: z.int(),
  rejectedBy: z.record(z.string(), z.int()),
  skippedBy: z.record(z.string(), z.int()),
  /** Amounts. */
  rounded: z.int(),
});
export type SourceCounts = z.infer<typeof sourceCounts>;

export const NO_COUNTS: SourceCounts = {
  offers: 0,
  priced: 0,
  free: 0,
  unknown: 0,
  varies: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  missing: 0,
  returned: 0,
  delisted: 0,
  stale: 0,
  announced: 0,
  withdrawn: 0,
  held: 0,
  stillHeld: 0,
  resolved: 0,
  remembered: 0,
  rejected: 0,
  rejectedBy: {},
  skippedBy: {},
  rounded: 0,
};

export const SOURCE_PHASES = ["waiting", "fetching", "parsing", "applying", "done"] as const;

export const sourceProgress = z.object({
  phase: z.enum(SOURCE_PHASES),
  /** Bytes received so far. */
  bytes: z.int().optional(),
  /** Bytes announced by the source, when it says. */
  totalBytes: z.int().optional(),
  outcome: z.enum(SOURCE_OUTCOMES).optional(),
  error: z.string().optional(),
  /** It failed in a way that can pass, and how long the source asked us to wait. */
  retryable: z.boolean().optional(),
  waitSeconds: z.int().optional(),
  counts: sourceCounts.optional(),
});
export type SourceProgress = z.infer<typeof sourceProgress>;

export const jobProgress = z.object({ sources: z.record(z.string(), sourceProgress) });
export type JobProgress = z.infer<typeof jobProgress>;
