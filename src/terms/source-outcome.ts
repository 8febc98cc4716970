/** How one source went in one run. */
export const SOURCE_OUTCOMES = ["applied", "unchanged", "failed", "cancelled"] as const;
export type SourceOutcome = (typeof SOURCE_OUTCOMES)[number];
