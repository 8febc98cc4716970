/**
 * What becomes of ticks that nobody was there to handle: `run_once` runs one job for all of them, `skip` none for those
 * more than a minute late.
 */
export const MISSED_POLICIES = ["run_once", "skip"] as const;
/** From here on a tick is a missed one. */
export const LATE_MS = 60_000;
export type MissedPolicy = (typeof MISSED_POLICIES)[number];
