import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Fetched by npm when it is first needed: this one command uses it, and it is larger than all else that a clone installs for its
 * tests. The version is fixed, since scores of two versions can't be compared.
 */
const LIGHTHOUSE = "lighthouse@13.5.0";
const CATEGORIES = ["performance", "accessibility", "best-practices"] as const;

/** Scores are 0 to 100. */
export type Scores = Readonly<{
  performance: number;
  accessibility: number;
  bestPractices: number;
  /** When the largest element was painted, on a desk's line of 10 Mbit/s, as Lighthouse works it out. */
  lcpMs: number;
  /** How much the content of the page moved while it loaded. */
  cls: number;
  /** The audits of accessibility and best practices that failed, by Lighthouse's names. */
  failed: readonly string[];
}>;

type AuditRef = Readonly<{ id: string; weight: number }>;

/** What is read of Lighthouse's report: https://github.com/GoogleChrome/lighthouse/blob/main/docs/understanding-results.md */
type Report = Readonly<{
  runtimeError?: { message: string };
  categories: Readonly<Record<string, { score: number | null; auditRefs: readonly AuditRef[] } | undefined>>;
  audits: Readonly<Record<string, { numericValue?: number; score: number | null } | undefined>>;
}>;

/** Runs Lighthouse for a desktop over a page, in the browser at `port`. Throws when it could not load the page. */
export async function score(url: string, port: number): Promise<Scores> {
  const flags = [`--port=${port}`, `--only-categories=${CATEGORIES.join(",")}`, "--preset=desktop", "--output=json"];
  const { stdout } = await promisify(execFile)("npx", ["--yes", LIGHTHOUSE, url, ...flags, "--quiet"], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const { categories, audits, runtimeError } = JSON.parse(stdout) as Report;
  if (runtimeError !== undefined) throw new Error(`${url}: ${runtimeError.message}`);
  const scoreOf = (category: (typeof CATEGORIES)[number]) =>
    Math.round((categories[category]?.score ?? Number.NaN) * 100);
  return {
    performance: scoreOf("performance"),
    accessibility: scoreOf("accessibility"),
    bestPractices: scoreOf("best-practices"),
    lcpMs: Math.round(audits["largest-contentful-paint"]?.numericValue ?? Number.NaN),
    cls: audits["cumulative-layout-shift"]?.numericValue ?? Number.NaN,
    failed: (["accessibility", "best-practices"] as const)
      .flatMap((category) => categories[category]?.auditRefs ?? [])
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
      .map(({ id }) => id),
  };
}

/** The middle of several runs, each figure by itself. */
export function middle(runs: readonly Scores[]): Scores {
  const of = (name: Exclude<keyof Scores, "failed">) =>
    runs.map((run) => run[name]).toSorted((a, b) => a - b)[runs.length >> 1] ?? Number.NaN;
  return {
    performance: of("performance"),
    accessibility: of("accessibility"),
    bestPractices: of("bestPractices"),
    lcpMs: of("lcpMs"),
    cls: of("cls"),
    failed: [...new Set(runs.flatMap((run) => run.failed))],
  };
}
