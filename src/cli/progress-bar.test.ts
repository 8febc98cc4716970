import { expect, test } from "vitest";
import { formatBar, percentOf } from "#/cli/progress-bar.ts";

const state = { status: "running", progress: undefined, elapsedSeconds: 4.2, reconnecting: false };

test("only sources that are done count in full", () => {
  expect(percentOf(undefined)).toBe(0);
  expect(percentOf({ sources: { a: { phase: "done" }, b: { phase: "fetching", bytes: 5, totalBytes: 10 } } })).toBe(67);
  expect(percentOf({ sources: { a: { phase: "done" } } })).toBe(100);
});

test("the bar fits one line of the terminal, whatever the sources are called", () => {
  const sources = Object.fromEntries(
    Array.from({ length: 9 }, (_, n) => [`source-number-${n}`, { phase: "fetching" as const }]),
  );
  const text = formatBar({ ...state, progress: { sources } }, 60);
  expect(text).toHaveLength(59);
  expect(text).toMatch(/^\[##-{18}\] {2}10% {2}4\.2 s {2}source-number-0 fetchi…$/);
});

test("an outage is shown in place of the phases", () => {
  expect(formatBar({ ...state, elapsedSeconds: -1, reconnecting: true })).toMatch(/0\.0 s {2}reconnecting…$/);
});
