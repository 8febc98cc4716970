/**
 * `sync` asks the sources. `replay` reads a stored payload again, `backfill` an archived one as of its own instant.
 * `revert` takes back what one run changed. `due` puts announced prices in force on their day.
 */
export const JOB_KINDS = ["sync", "replay", "backfill", "revert", "due"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** What a run is to a reader: a dry run of any kind is a `dry_run`, so that each run is of exactly one of these. */
export const RUN_KINDS = [...JOB_KINDS, "dry_run"] as const;
export type RunKind = (typeof RUN_KINDS)[number];
