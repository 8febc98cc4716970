import { expect, test, vi } from "vitest";
import { withLease } from "#/sync/lease/lease-keeper.ts";
import { createManualClock } from "#/testing/manual-clock.ts";

const LEASE_MS = 30_000;

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () =>
      reject(signal.reason instanceof Error ? signal.reason : new Error("aborted")),
    );
  });
}

function keep(renew: () => Promise<boolean>) {
  const clock = createManualClock();
  const run = withLease({ clock, leaseMs: LEASE_MS, grantedAtMs: clock.monotonicMs(), renew }, untilAborted);
  const failure = expect(run).rejects.toMatchObject({ code: "LEASE_LOST" });
  return { clock, failure };
}

test("work is aborted as soon as a renewal says that another worker holds the lease", async () => {
  const { clock, failure } = keep(() => Promise.resolve(false));
  await clock.advance(10_000);
  await failure;
});

test("two failed renewals are survived, a whole lease of them is not", async () => {
  const renew = vi.fn(() => Promise.reject(new Error("connection reset")));
  const { clock, failure } = keep(renew);
  await clock.advance(10_000);
  await clock.advance(10_000);
  expect(renew).toHaveBeenCalledTimes(2);
  await clock.advance(8_000);
  await failure;
});

test("a renewal that never answers does not stretch trust", async () => {
  const { clock, failure } = keep(() => new Promise(() => {}));
  await clock.advance(10_000);
  await clock.advance(18_000);
  await failure;
});

test("a slow success counts from when it was sent, not from when it came back", async () => {
  let answer = () => {};
  let calls = 0;
  const clock = createManualClock();
  const renew = () => {
    calls += 1;
    return calls === 1
      ? new Promise<boolean>((resolve) => (answer = () => resolve(true)))
      : new Promise<boolean>(() => {});
  };
  let lost = false;
  const run = withLease({ clock, leaseMs: LEASE_MS, grantedAtMs: 0, renew }, (signal) => {
    signal.addEventListener("abort", () => (lost = true));
    return untilAborted(signal);
  }).catch(() => "lost");
  await clock.advance(10_000); // the renewal is sent at 10 s …
  await clock.advance(15_000);
  answer(); // … and answered at 25 s: trusted until 10 s + 30 s - 2 s
  await clock.advance(2_900);
  expect(lost).toBe(false);
  await clock.advance(10_200);
  expect(lost).toBe(true);
  void run;
});

test("nothing goes on when the work has ended", async () => {
  const clock = createManualClock();
  const renew = vi.fn(() => Promise.resolve(true));
  await expect(
    withLease({ clock, leaseMs: LEASE_MS, grantedAtMs: 0, renew }, () => Promise.resolve("done")),
  ).resolves.toBe("done");
  await clock.advance(60_000);
  expect(renew).not.toHaveBeenCalled();
});
