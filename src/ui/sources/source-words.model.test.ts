import { expect, test } from "vitest";
import {
  dayState,
  dayWords,
  fetchesWords,
  fetchWords,
  findSchedules,
  successWords,
  testWords,
  type Fetch,
} from "#/ui/sources/source-words.model.ts";

test("a rate of success is rounded down, so that 100% means that nothing failed", () => {
  expect([null, 0, 0.999, 1].map(successWords)).toEqual(["no syncs yet", "0%", "99%", "100%"]);
});

test("a fetch says when it was, what came of it, and its size and time where there was a transfer", () => {
  const at = "2026-11-26T12:00:00Z";
  expect(fetchWords({ at, bytes: 1_234_567, ms: 1_400, outcome: "applied" })).toBe(
    "26 Nov 2026, 12:00:00 UTC: applied, 1.2 MB in 1.4 s",
  );
  expect(fetchWords({ at, bytes: null, ms: null, outcome: "failed" })).toBe("26 Nov 2026, 12:00:00 UTC: failed");
});

test("the last fetches are counted by how they ended", () => {
  const ends = (outcomes: Fetch["outcome"][]) =>
    fetchesWords(outcomes.map((outcome) => ({ at: "", bytes: null, ms: null, outcome })));
  expect(ends(["applied", "unchanged", "failed", "cancelled"])).toBe(
    "The last 4 fetches: 2 good, 1 failed, 1 cancelled",
  );
  expect(ends(["applied"])).toBe("The last 1 fetch: 1 good");
});

test("a day is good only when nothing failed, and says whether the source was fresh at its end", () => {
  const day = { day: "2026-11-01", read: 0, failed: 0, cancelled: 0, isFresh: false };
  expect(dayState(day)).toBe("none");
  expect(dayState({ ...day, read: 3 })).toBe("good");
  expect(dayState({ ...day, read: 3, failed: 1 })).toBe("mixed");
  expect(dayState({ ...day, failed: 1 })).toBe("bad");
  expect(dayWords({ ...day, read: 22, failed: 2 }, false)).toBe(
    "2026-11-01: 24 syncs, 2 failed; not fresh at the end of the day",
  );
  expect(dayWords({ ...day, failed: 2 }, true)).toBe("2026-11-01: 2 syncs, all failed; not fresh now");
  expect(dayWords({ ...day, cancelled: 1, isFresh: true }, true)).toBe("2026-11-01: 1 sync, 1 cancelled; fresh now");
  expect(dayWords({ ...day, isFresh: null }, false)).toBe("2026-11-01: no syncs; not read yet");
});

test("a source is read by the schedules that name it and by those of all sources", () => {
  const schedules = [
    { name: "all", sources: null },
    { name: "own", sources: ["a"] },
    { name: "other", sources: ["b"] },
  ];
  const found = findSchedules("a", schedules);
  expect(found.map(({ name }) => name)).toEqual(["all", "own"]);
});

test("a test says what it read, what it refused, and how large the payload is", () => {
  const test = { name: "a", ok: true, message: "", unreadFields: [] };
  expect(
    testWords({ ...test, offers: { priced: 1_200, free: 3 }, rejected: { unit_unknown: 2 }, bytes: 812, fetchMs: 42 }),
  ).toBe("1,200 priced, 3 free; rejected: 2 unit unknown · 812 B in 42 ms");
  expect(testWords({ ...test, offers: {}, rejected: {}, bytes: null, fetchMs: null })).toBe("");
});
