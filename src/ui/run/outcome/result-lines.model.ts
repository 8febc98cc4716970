import type { SyncDetail } from "#/ui/run/run-counts.model.ts";

export type RunResult = NonNullable<SyncDetail["result"]>;
type SourceResult = RunResult["sources"][string];
type Hold = SourceResult["holds"][number];

/** One price that a run would change, or that it would hold for `reasons`. */
export type ResultLine = SourceResult["changes"][number] &
  Readonly<{ key: string; source: string; reasons: Hold["reasons"] }>;

const MOST_SHOWN = 500;

/** The lines of all sources, what is held first, and how many there are in all: a result keeps a part of them. */
export function listResultLines({ sources }: RunResult): Readonly<{ lines: readonly ResultLine[]; total: number }> {
  const all = Object.entries(sources);
  const lines = all.flatMap(([source, { holds, changes }]) =>
    [...holds, ...changes.map((change) => ({ ...change, reasons: [] }))].map((line) => ({
      ...line,
      source,
      key: [source, line.seller, line.model, line.variant, line.effectiveFrom, line.reasons.length].join(" "),
    })),
  );
  return {
    lines: lines.toSorted((a, b) => Math.sign(b.reasons.length) - Math.sign(a.reasons.length)).slice(0, MOST_SHOWN),
    total: all.reduce((sum, [, one]) => sum + one.changesTotal + one.holdsTotal, 0),
  };
}
