import { describe, expect, test } from "vitest";
import {
  comingInstant,
  describeAge,
  describeDuration,
  describeElapsed,
  describeSpan,
  describeWait,
  exactInstant,
} from "#/ui/time/time.model.ts";

describe("times in words", () => {
  test("an age is one whole unit", () => {
    expect([0, 4.9, 5, 59, 60, 3_599, 3_600, 86_399, 86_400, 200_000].map(describeAge)).toEqual([
      "just now",
      "just now",
      "5 s ago",
      "59 s ago",
      "1 min ago",
      "59 min ago",
      "1 h ago",
      "23 h ago",
      "1 day ago",
      "2 days ago",
    ]);
  });

  test("a skewed clock never makes a time negative", () => {
    expect(describeAge(-30)).toBe("just now");
    expect(describeDuration(-3)).toBe("0 ms");
    expect(describeElapsed(-3)).toBe("0 s");
    expect(describeSpan(-3)).toBe("0 s");
  });

  test("a duration keeps its second unit", () => {
    expect([0.42, 1.42, 9.96, 12.7, 185, 7_440].map(describeDuration)).toEqual([
      "420 ms",
      "1.4 s",
      "10.0 s",
      "12 s",
      "3 min 05 s",
      "2 h 04 min",
    ]);
  });

  test("a wait is one whole unit, and never negative", () => {
    expect([-30, 0.4, 1, 59, 61, 7_300, 200_000].map(describeWait)).toEqual([
      "now",
      "now",
      "in 1 s",
      "in 59 s",
      "in 1 min",
      "in 2 h",
      "in 2 days",
    ]);
  });

  test("an instant to come is a day and a minute in the reader's zone", () => {
    expect(comingInstant("2026-08-01T12:00:00Z")).toBe("Sat 1 Aug 2026, 17:45");
  });

  test("an exact instant is in the reader's zone and names it", () => {
    expect(exactInstant("2026-08-01T12:00:00Z")).toBe("1 Aug 2026, 17:45:00 GMT+5:45");
  });
});
