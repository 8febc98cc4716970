import { expect, test } from "vitest";
import { findNext, tickWords, type Schedule } from "#/ui/schedules/schedule-words.model.ts";

const schedule = (name: string, next: string[]): Schedule => ({
  name,
  rule: "0 0 * * *",
  words: "At 00:00",
  timeZone: "UTC",
  sources: null,
  missedPolicy: "run_once",
  paused: null,
  next,
  lastTick: null,
  overdueSince: null,
  lastRun: null,
  createdAt: "2026-01-01T00:00:00Z",
  createdBy: "ann",
  updatedAt: "2026-01-01T00:00:00Z",
  updatedBy: "ann",
});

test("the schedule that runs next is found among those that run at all", () => {
  expect(findNext([])).toBeUndefined();
  expect(findNext([schedule("paused", [])])).toBeUndefined();
  expect(
    findNext([
      schedule("late", ["2026-01-02T00:00:00Z"]),
      schedule("soon", ["2026-01-01T06:00:00Z", "2026-01-03T00:00:00Z"]),
      schedule("paused", []),
    ]),
  ).toEqual({ name: "soon", at: "2026-01-01T06:00:00Z" });
});

test("what was not right with the last tick is said, and never counted further than it was", () => {
  const at = "2026-01-01T00:00:00Z";
  const tick = { at, missed: 0, skipped: null };
  expect(tickWords({ lastTick: null, missedPolicy: "skip" })).toBeUndefined();
  expect(tickWords({ lastTick: tick, missedPolicy: "skip" })).toBeUndefined();
  expect(tickWords({ lastTick: { ...tick, missed: 1 }, missedPolicy: "run_once" })).toBe(
    "1 time was missed and run once",
  );
  expect(tickWords({ lastTick: { ...tick, missed: 500 }, missedPolicy: "skip" })).toBe(
    "at least 500 times were missed and skipped",
  );
  expect(tickWords({ lastTick: { ...tick, skipped: "All of its sources are disabled" }, missedPolicy: "skip" })).toBe(
    "did not run: All of its sources are disabled",
  );
});
