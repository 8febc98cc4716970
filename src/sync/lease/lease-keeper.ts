import type { Clock } from "#/platform/clock.ts";
import { AppError } from "#/platform/errors.ts";

type Options = Readonly<{
  clock: Clock;
  leaseMs: number;
  /** The monotonic instant at which the grant was asked for. */
  grantedAtMs: number;
  /** Rejects when the database did not answer; must not take longer than it is worth waiting. */
  renew: () => Promise<boolean>;
}>;

/** Three renewals per lease, so two may fail before it is lost. */
export function renewalIntervalMs(leaseMs: number): number {
  return Math.floor(leaseMs / 3);
}

/** How much earlier than the database we stop trusting a lease: clocks of two machines run at slightly different speeds. */
function marginMs(leaseMs: number): number {
  return Math.min(2_000, Math.floor(leaseMs / 10));
}

/**
 * Runs `work` while renewing its lease. The signal aborts with `LEASE_LOST` when the database says so, and when
 * the last good renewal was *sent* longer ago than the lease lasts, whatever the database says or does not say.
 */
export async function withLease<T>(options: Options, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, leaseMs, grantedAtMs, renew } = options;
  const lost = new AbortController();
  const finished = new AbortController();
  let trustedUntilMs = grantedAtMs + leaseMs - marginMs(leaseMs);

  const over = AbortSignal.any([finished.signal, lost.signal]);
  const keeping = Promise.all([keepRenewing(), watchTrust()]);
  try {
    return await work(lost.signal);
  } finally {
    finished.abort();
    await keeping;
  }

  async function keepRenewing(): Promise<void> {
    while (!over.aborted) {
      await clock.sleep(renewalIntervalMs(leaseMs), over);
      if (over.aborted) return;
      const askedAtMs = clock.monotonicMs();
      // A renewal that fails, or never answers, has told us nothing: what we were granted last still holds.
      const renewed = await Promise.race([renew().catch(() => "unknown" as const), untilOver()]);
      if (renewed === true) trustedUntilMs = askedAtMs + leaseMs - marginMs(leaseMs);
      if (renewed === false) giveUp("another worker holds the sync lock now");
    }
  }

  async function watchTrust(): Promise<void> {
    while (!over.aborted) {
      const leftMs = trustedUntilMs - clock.monotonicMs();
      if (leftMs <= 0) return giveUp("the sync lock could not be renewed in time");
      await clock.sleep(leftMs, over);
    }
  }

  function untilOver(): Promise<"unknown"> {
    return new Promise((resolve) => over.addEventListener("abort", () => resolve("unknown"), { once: true }));
  }

  function giveUp(why: string): void {
    lost.abort(new AppError("LEASE_LOST", why));
  }
}
