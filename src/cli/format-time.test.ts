import { expect, test } from "vitest";
import { formatClock, formatDuration, formatInstant } from "#/cli/format-time.ts";

test.each([
  [-5, "0.0 s"],
  [Number.NaN, "0.0 s"],
  [0.44, "0.4 s"],
  [9.96, "10 s"],
  [59.6, "1 min"],
  [200, "3 min 20 s"],
  [7_500, "2 h 5 min"],
  [356_400, "4 d 3 h"],
])("%d seconds read %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("instants are shown in UTC wherever the reader is", () => {
  expect(formatInstant("2026-08-01T14:00:05.9+02:00")).toBe("2026-08-01 12:00:05 UTC");
  expect(formatClock("2026-08-01T12:00:05Z")).toBe("12:00:05");
  expect(formatInstant("soon")).toBe("soon");
});
