import type { Outputs } from "#/ui/trpc.tsx";

export type SyncSummary = Outputs["syncs"]["active"]["running"][number];
export type SyncDetail = Outputs["syncs"]["get"];
export type SourceProgress = NonNullable<SyncSummary["progress"]>["sources"][string];
export type SourceCounts = NonNullable<SourceProgress["counts"]>;
export type SourceLog = SyncDetail["log"][number];

const SUMMED = [
  "created",
  "changed",
  "unchanged",
  "missing",
  "rejected",
] as const satisfies readonly (keyof SourceCounts)[];
export type RunCounts = Readonly<Record<(typeof SUMMED)[number], number>>;

/** Zeros of a source that was not parsed count nothing: they are not shown as if they did. */
export function countsOf({ counts, outcome }: SourceProgress): SourceCounts | undefined {
  return (outcome === "unchanged" || outcome === "failed") && counts?.offers === 0 ? undefined : counts;
}

/** What a run came to over all its sources; undefined before any of them has come to anything. */
export function sumCounts(progress: SyncSummary["progress"]): RunCounts | undefined {
  const counted = Object.values(progress?.sources ?? {}).flatMap((source) => countsOf(source) ?? []);
  if (counted.length === 0) return undefined;
  const sum = (name: keyof RunCounts) => counted.reduce((total, counts) => total + counts[name], 0);
  return {
    created: sum("created"),
    changed: sum("changed"),
    unchanged: sum("unchanged"),
    missing: sum("missing"),
    rejected: sum("rejected"),
  };
}

export type SourceRow = Readonly<{ name: string; progress: SourceProgress; log: SourceLog | undefined }>;

/** One row per source of a run: how far it is, and, once done, its log. In the order in which the run planned them. */
export function sourceRows({ progress, log }: Pick<SyncDetail, "progress" | "log">): SourceRow[] {
  const logs = new Map(log.map((entry) => [entry.source, entry]));
  const planned = Object.entries(progress?.sources ?? {}).map(([name, source]) => ({
    name,
    progress: source,
    log: logs.get(name),
  }));
  const known = new Set(planned.map(({ name }) => name));
  const others = log
    .filter(({ source }) => !known.has(source))
    .map((entry) => ({ name: entry.source, progress: fromLog(entry), log: entry }));
  return [...planned, ...others];
}

function fromLog({ outcome, counts, errorMessage }: SourceLog): SourceProgress {
  return { phase: "done", outcome, counts, ...(errorMessage === null ? {} : { error: errorMessage }) };
}
