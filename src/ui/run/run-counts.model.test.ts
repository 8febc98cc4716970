import { describe, expect, test } from "vitest";
import { NO_COUNTS } from "#/terms/progress.ts";
import { sourceRows, sumCounts, type SourceCounts, type SourceLog } from "#/ui/run/run-counts.model.ts";

const counts = (patch: Partial<SourceCounts>): SourceCounts => ({ ...NO_COUNTS, ...patch });

const log = (source: string): SourceLog => ({
  source,
  outcome: "failed",
  startedAt: "",
  completedAt: "",
  errorCode: "http",
  errorMessage: "host answered 502",
  retryable: true,
  httpStatus: 502,
  bytes: null,
  payloadDigest: null,
  counts: counts({}),
  rejectSamples: [],
  unreadFields: [],
  notes: [],
  fetchMs: 1,
  parseMs: null,
  applyMs: null,
  attempt: 1,
});

describe("what a run came to", () => {
  test("is the sum over its sources", () => {
    const progress = {
      sources: {
        a: { phase: "done" as const, counts: counts({ created: 2, rejected: 1 }) },
        b: { phase: "done" as const, counts: counts({ created: 3, unchanged: 7 }) },
        c: { phase: "fetching" as const },
      },
    };
    expect(sumCounts(progress)).toEqual({ created: 5, changed: 0, unchanged: 7, missing: 0, rejected: 1 });
  });

  test("is not zeros before anything is known", () => {
    expect(sumCounts(null)).toBeUndefined();
    expect(sumCounts({ sources: { a: { phase: "waiting" } } })).toBeUndefined();
    expect(sumCounts({ sources: { a: { phase: "done", outcome: "unchanged", counts: counts({}) } } })).toBeUndefined();
  });
});

describe("a run's sources", () => {
  test("join progress and log", () => {
    const rows = sourceRows({
      progress: { sources: { b: { phase: "done" }, a: { phase: "waiting" } } },
      log: [log("b")],
    });
    expect(rows.map(({ name, log: entry }) => [name, entry?.source])).toEqual([
      ["b", "b"],
      ["a", undefined],
    ]);
  });

  test("show a source that only the log knows", () => {
    const [row] = sourceRows({ progress: null, log: [log("z")] });
    expect(row?.progress).toMatchObject({ phase: "done", outcome: "failed", error: "host answered 502" });
  });
});
