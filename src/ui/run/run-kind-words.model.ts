import type { RunKind } from "#/terms/job-kind.ts";

export const RUN_KIND_WORDS = {
  sync: "sync",
  dry_run: "dry run",
  replay: "replay",
  backfill: "backfill",
  revert: "revert",
  due: "announced prices",
} as const satisfies Readonly<Record<RunKind, string>>;
