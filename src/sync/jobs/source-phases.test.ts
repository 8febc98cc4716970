import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourcePhases, type SourceTimes } from "#/sync/jobs/source-phases.ts";

const READ: SourceTimes = {
  attempt: 1,
  waitsFrom: 0,
  startedAt: 100,
  completedAt: 1_000,
  fetchMs: 300,
  parseMs: 50,
  applyMs: 200,
  outcome: "applied",
  errorCode: null,
  httpStatus: 200,
  payloadDigest: "d",
};
const NOTHING = { fetchMs: null, parseMs: null, applyMs: null, httpStatus: null, payloadDigest: null };

function phases(times: Partial<SourceTimes>): [string, number, number][] {
  return sourcePhases({ ...READ, ...times }).map(({ phase, from, to }) => [phase, from, to]);
}

describe("the phases of a source", () => {
  test("are its turn, the fetch, the parsing at once after it, and the applying up to its end; the rest is waiting", () => {
    expect(phases({})).toEqual([
      ["wait", 0, 100],
      ["fetch", 100, 400],
      ["parse", 400, 450],
      ["wait", 450, 800],
      ["apply", 800, 1_000],
    ]);
  });

  test("of a fetch that failed are a fetch up to the end", () => {
    const failed = { ...NOTHING, outcome: "failed", errorCode: "timeout" } as const;
    expect(phases(failed)).toEqual([
      ["wait", 0, 100],
      ["fetch", 100, 1_000],
    ]);
  });

  test("of a source that had asked us to come back later are waiting alone: it was not asked", () => {
    const keptAway = { ...NOTHING, outcome: "failed", errorCode: "rate_limited" } as const;
    expect(phases(keptAway)).toEqual([
      ["wait", 0, 100],
      ["wait", 100, 1_000],
    ]);
    expect(phases({ ...keptAway, httpStatus: 429 })).toContainEqual(["fetch", 100, 1_000]);
  });

  test("of a step that reads nothing are applying", () => {
    expect(phases(NOTHING)).toEqual([
      ["wait", 0, 100],
      ["apply", 100, 1_000],
    ]);
  });

  test("follow each other without a gap or an overlap, whatever the clocks measured", () => {
    const ms = fc.integer({ min: 0, max: 5_000 });
    const measured = fc.option(ms);
    fc.assert(
      fc.property(
        fc.record({ fetchMs: measured, parseMs: measured, applyMs: measured }),
        fc.constantFrom("applied", "unchanged", "failed"),
        ms,
        (times, outcome, took) => {
          const spans = sourcePhases({ ...READ, ...times, outcome, completedAt: 100 + took });
          const ends = spans.map(({ to }) => to);
          expect(spans.map(({ from }) => from)).toEqual([0, ...ends.slice(0, -1)]);
          expect(ends.at(-1)).toBe(100 + took);
        },
      ),
    );
  });
});
