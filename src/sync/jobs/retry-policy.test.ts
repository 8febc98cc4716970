import fc from "fast-check";
import { expect, test } from "vitest";
import { MOST_ATTEMPTS, waitAfterFault, waitBeforeAsking } from "#/sync/jobs/retry-policy.ts";

const passing = { retryable: true };
const lasting = { retryable: false };

test("sources that may answer the next time are asked three times, after 5 and after 20 seconds", () => {
  const waits = [1, 2, 3].map((attempt) => waitBeforeAsking([passing, lasting], { attempt, random: 0.5 }));
  expect(waits).toEqual([5_000, 20_000, undefined]);
});

test("what can't pass is not tried again: a schema, a missing key", () => {
  expect(waitBeforeAsking([lasting], { attempt: 1, random: 0.5 })).toBeUndefined();
  expect(waitBeforeAsking([], { attempt: 1, random: 0.5 })).toBeUndefined();
});

test("a source that asks for time gets it, or, for more than half a minute, is left to the next sync", () => {
  const asked = (waitSeconds: number) =>
    waitBeforeAsking([{ retryable: true, waitSeconds }], { attempt: 1, random: 0 });
  expect(asked(30)).toBe(30_000);
  expect(asked(3_600)).toBeUndefined();
});

test("waits vary by a quarter at most, and faults end after the last attempt", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MOST_ATTEMPTS - 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const wait = waitAfterFault({ attempt, random }) ?? 0;
        const middle = waitAfterFault({ attempt, random: 0.5 }) ?? 0;
        expect(Math.abs(wait - middle)).toBeLessThanOrEqual(middle / 4 + 1);
      },
    ),
  );
  expect(waitAfterFault({ attempt: MOST_ATTEMPTS, random: 0 })).toBeUndefined();
});
