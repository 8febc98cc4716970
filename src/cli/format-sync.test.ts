import { expect, test } from "vitest";
import { formatLock, formatSync, formatSyncList } from "#/cli/format-sync.ts";
import type { Paint } from "#/cli/session.ts";
import { makeDetail } from "#/testing/stub-api.ts";

const plain: Paint = (_tone, text) => text;

test("a sync shows counts by state, rejects by reason, and no zeros for a source that could not be read", () => {
  const text = formatSync(makeDetail("partial"), plain);
  expect(text).toContain("openrouter  applied   1,234   1,200    30        4       0         2  0.0 s");
  expect(text).toContain("litellm     failed        -       -     -        -       -         -  0.0 s");
  expect(text).toContain("openrouter  rejected  negative      2");
});

test("a sync that has not started yet has no duration", () => {
  const queued = { ...makeDetail("queued"), startedAt: null, durationSeconds: 0, worker: null, log: [] };
  expect(formatSync(queued, plain)).toContain("running    not started yet");
  expect(formatSyncList([queued], plain)).toMatch(/ -  key:test$/m);
});

test("every line of a sync and of a list fits 80 columns", () => {
  const sync = makeDetail("success");
  for (const line of `${formatSync(sync, plain, 80)}${formatSyncList([sync], plain, 80)}`.split("\n")) {
    expect(line.length).toBeLessThanOrEqual(80);
  }
});

test("a lock that is held says by whom and for how long", () => {
  const held = {
    held: true,
    worker: "w-1",
    jobId: "j-1",
    fence: "9",
    lockedAt: null,
    expiresAt: null,
    secondsLeft: 21.4,
  };
  expect(formatLock(held)).toContain("expires in  21 s unless it is renewed");
  expect(formatLock({ ...held, held: false })).toBe("The lock is not held (fence 9).\n");
});
