import type { Verdict } from "#/testing/chaos/check-tables.ts";

/** Milliseconds of one kind, the most that their 95th percentile may be and, where it is promised, each of them. */
export type Times = Readonly<{ what: string; ms: readonly number[]; p95TargetMs: number; mostMs?: number }>;

export type Row = Readonly<{
  fault: string;
  rounds: number;
  verdict: Verdict;
  times: readonly Times[];
  /** What else went wrong, in words. */
  failures: readonly string[];
  seconds: number;
}>;

/** The nearest-rank percentile. */
function percentile(ms: readonly number[], share: number): number {
  const sorted = ms.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Why a row does not pass; empty when it does. Times are judged where `judgesTimes`, on a machine that does nothing else. */
export function listBreaches({ verdict, times, failures }: Row, { judgesTimes }: { judgesTimes: boolean }): string[] {
  const slow = times.flatMap(({ what, ms, p95TargetMs, mostMs = Infinity }) => {
    if (ms.length === 0) return [`no ${what} was measured`];
    const judged = [
      { name: "p95", found: percentile(ms, 0.95), limit: p95TargetMs },
      { name: "the slowest", found: Math.max(...ms), limit: mostMs },
    ];
    return judged
      .filter(({ found, limit }) => judgesTimes && found > limit)
      .map(({ name, found, limit }) => `${what}: ${name} is ${Math.round(found)} ms, over ${limit} ms`);
  });
  return [...verdict.findings, ...failures, ...slow];
}

const COLUMNS = ["fault", "rounds", "grants", "lost", "doubled", "stale", "overlaps", "s", "measured"] as const;

function cells({ fault, rounds, verdict, times, seconds }: Row): string[] {
  const measured = times.map(({ what, ms }) => {
    const figures = [percentile(ms, 0.5), percentile(ms, 0.95), Math.max(...ms)].map((one) => String(Math.round(one)));
    return `${what} ${ms.length}x p50/p95/max ${figures.join("/")} ms`;
  });
  const { grants, lost, doubled, stale, overlaps } = verdict;
  return [
    fault,
    ...[rounds, grants, lost, doubled, stale, overlaps, Math.round(seconds)].map(String),
    measured.join(", "),
  ];
}

/** The table of all rows, in Markdown. */
export function formatTable(rows: readonly Row[]): string {
  const lines = [[...COLUMNS], ...rows.map(cells)];
  const widths = COLUMNS.map((_, index) => Math.max(...lines.map((line) => (line[index] ?? "").length)));
  const format = (line: readonly string[]) =>
    `| ${line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = lines;
  return [format(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(format)].join("\n");
}
