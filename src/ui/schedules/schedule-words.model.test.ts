import { expect, test } from "vitest";
import { findNext, missedWords, type Schedule } from "#/ui/schedules/schedule-words.model.ts";

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

test("missed ticks are said with what became of them, and never counted further than they were", () => {
  const at = "2026-01-01T00:00:00Z";
  expect(missedWords({ lastTick: null, missedPolicy: "skip" })).toBeUndefined();
  expect(missedWords({ lastTick: { at, missed: 0 }, missedPolicy: "skip" })).toBeUndefined();
  expect(missedWords({ lastTick: { at, missed: 1 }, missedPolicy: "run_once" })).toBe("1 tick was missed, run once");
  expect(missedWords({ lastTick: { at, missed: 500 }, missedPolicy: "skip" })).toBe(
    "at least 500 ticks were missed, skipped",
  );
});
