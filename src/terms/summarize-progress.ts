import type { JobProgress } from "#/terms/progress.ts";
import type { SourceOutcome } from "#/terms/source-outcome.ts";

/** What a run came to so far. */
export type ProgressSummary = Readonly<{
  /** Offers of all sources that are done. */
  counts: { changed: number; new: number; held: number; rejected: number };
  /** The outcome is null while a source is not done. */
  sourceOutcomes: { source: string; outcome: SourceOutcome | null }[];
}>;

export function summarizeProgress(progress: JobProgress | null): ProgressSummary {
  const all = Object.entries(progress?.sources ?? {});
  const sum = (field: "changed" | "created" | "held" | "rejected") =>
    all.reduce((total, [, { counts }]) => total + (counts?.[field] ?? 0), 0);
  return {
    counts: { changed: sum("changed"), new: sum("created"), held: sum("held"), rejected: sum("rejected") },
    sourceOutcomes: all.map(([source, { outcome }]) => ({ source, outcome: outcome ?? null })),
  };
}
