import { describe, expect, test } from "vitest";
import type { SyncEvent } from "#/ui/live/sync-event.ts";
import { drawTimeline, expectedWords, liveSpans, type Timeline } from "#/ui/run/progress/timeline.model.ts";

const START = "2026-08-01T12:00:00.000Z";
const at = (ms: number) => Date.parse(START) + ms;
const iso = (ms: number) => new Date(at(ms)).toISOString();

const attempt = (patch: Partial<Timeline["attempts"][number]>): Timeline["attempts"][number] => ({
  attempt: 1,
  worker: "w",
  fence: "1",
  startedAt: START,
  endedAt: null,
  outcome: null,
  message: null,
  ...patch,
});

const timeline = (patch: Partial<Timeline>): Timeline => ({
  startedAt: START,
  until: iso(10_000),
  attempts: [attempt({})],
  lanes: [],
  expected: null,
  ...patch,
});

function event(ms: number, phase: "waiting" | "fetching" | "parsing" | "applying" | "done", of = 1): SyncEvent {
  const data = { message: "m", status: "running" as const, attempt: of, progress: { sources: { one: { phase } } } };
  return { id: String(ms), jobId: "j", at: iso(ms), kind: "progress", data };
}

describe("a timeline", () => {
  test("places every bar on one axis, from the first attempt's start to the end", () => {
    const spans = [
      { phase: "wait" as const, attempt: 1, from: at(0), to: at(2_500) },
      { phase: "fetch" as const, attempt: 1, from: at(2_500), to: at(10_000) },
    ];
    const drawing = drawTimeline(
      timeline({ lanes: [{ source: "one", outcome: "applied", spans, failures: [] }] }),
      [],
      at(10_000),
    );
    expect(drawing?.lanes[0]?.bars).toMatchObject([
      { phase: "wait", left: 0, width: 25, fromMs: 0, ms: 2_500 },
      { phase: "fetch", left: 25, width: 75, fromMs: 2_500, ms: 7_500 },
    ]);
    expect(drawing?.ticks.map(({ seconds }) => seconds)).toEqual([0, 2, 4, 6, 8, 10]);
  });

  test("shows what was very short, also at the end, without leaving the axis", () => {
    const spans = [{ phase: "apply" as const, attempt: 1, from: at(9_999), to: at(10_000) }];
    const drawing = drawTimeline(
      timeline({ lanes: [{ source: "one", outcome: "applied", spans, failures: [] }] }),
      [],
      at(10_000),
    );
    const [bar] = drawing?.lanes[0]?.bars ?? [];
    expect(bar?.width).toBeGreaterThan(0.1);
    expect((bar?.left ?? 0) + (bar?.width ?? 0)).toBeLessThanOrEqual(100);
  });

  test("of a run that has not started is not drawn", () => {
    expect(drawTimeline(timeline({ startedAt: null }), [], at(0))).toBeUndefined();
  });
});

describe("a source that is not done", () => {
  const input = { source: "one", timeline: timeline({}), now: at(9_000) };

  test("has the phases that its events tell of, the last one up to now", () => {
    const events = [event(0, "waiting"), event(1_000, "fetching"), event(1_250, "fetching"), event(4_000, "parsing")];
    expect(liveSpans(events, input).map(({ phase, from, to }) => [phase, from - at(0), to - at(0)])).toEqual([
      ["wait", 0, 1_000],
      ["fetch", 1_000, 4_000],
      ["parse", 4_000, 9_000],
    ]);
  });

  test("shows nothing of an earlier attempt as if it went on", () => {
    const second = timeline({
      attempts: [attempt({ endedAt: iso(3_000) }), attempt({ attempt: 2, startedAt: iso(5_000) })],
    });
    const events = [event(1_000, "fetching"), event(5_000, "waiting", 2), event(6_000, "fetching", 2)];
    const spans = liveSpans(events, { ...input, timeline: second });
    expect(spans.map(({ phase, from }) => [phase, from - at(0)])).toEqual([
      ["wait", 5_000],
      ["fetch", 6_000],
    ]);
  });

  test("waits for nothing while no attempt is under way", () => {
    const between = timeline({ attempts: [attempt({ endedAt: iso(3_000) })] });
    expect(liveSpans([event(1_000, "fetching")], { ...input, timeline: between })).toEqual([]);
  });

  test("ends when its last event says that it is done, before its log has come", () => {
    const spans = liveSpans([event(1_000, "fetching"), event(2_000, "done")], input);
    expect(spans.at(-1)).toMatchObject({ phase: "fetch", to: at(2_000) });
  });
});

test.each([
  [{ seconds: 30, runs: 10 }, 10, "About 20 s left, going by the last 10 runs like it."],
  [{ seconds: 200, runs: 1 }, 10, "About 4 min left, going by the last run like it."],
  [{ seconds: 12, runs: 3 }, 40, "It takes longer than usual: the last 3 runs like it took 12 s."],
  [null, 40, undefined],
])("what a run of %j that has taken %i s may still take is said as %j", (expected, elapsed, words) => {
  expect(expectedWords(expected, elapsed)).toBe(words);
});
