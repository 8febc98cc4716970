import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Clock } from "#/platform/clock.ts";
import type { LeaseConnection } from "#/sync/lease/lease-connection.ts";
import type { LeaseMeter } from "#/sync/lease/lease-meter.ts";
import { renewalIntervalMs, withLease } from "#/sync/lease/lease-keeper.ts";
import { acquireLease, releaseLease, renewLease, type Lease } from "#/sync/lease/lease.ts";

export type HoldDeps = Readonly<{
  clock: Clock;
  leaseMs: number;
  leaseConnection: LeaseConnection;
  leaseMeter: LeaseMeter;
  /** Host and process id, for people. */
  name: string;
  log: Logger;
}>;

type Wish = Readonly<{
  jobId: string;
  /** Asked before every try: whether the lease is still wanted. */
  isWanted: () => Promise<boolean>;
  /** Ends the waiting. */
  signal: AbortSignal;
}>;

const LEASE_POLL_MS = 250;

/**
 * Waits for the lease, and does `work` while it is renewed; the signal that it gets aborts when the lease is lost. Released
 * at the end, whatever comes. Does nothing when the lease is not wanted any more before it is granted.
 */
export async function holdLease(
  deps: HoldDeps,
  wish: Wish,
  work: (lease: Lease, lost: AbortSignal) => Promise<void>,
): Promise<void> {
  const granted = await waitForLease(deps, wish);
  if (granted === undefined) return;
  const { lease, grantedAtMs } = granted;
  const { clock, leaseMs, leaseConnection, log } = deps;
  const renewTimeoutMs = renewalIntervalMs(leaseMs);
  const renew = () => leaseConnection.run((connection) => renewLease(connection, lease, leaseMs), renewTimeoutMs);
  try {
    await withLease({ clock, leaseMs, grantedAtMs, renew }, (lost) => {
      lost.addEventListener("abort", deps.leaseMeter.lost, { once: true });
      return work(lease, lost);
    });
  } finally {
    await leaseConnection
      .run((connection) => releaseLease(connection, lease), renewTimeoutMs)
      .catch((error: unknown) =>
        log.warn({ err: error, jobId: wish.jobId }, "lease: could not be released; it will expire"),
      );
  }
}

type Granted = Readonly<{ lease: Lease; grantedAtMs: number }>;

/** The queue lets one entry through at a time, so waiting is rare: the holder is a run that is being stopped, or dead. */
async function waitForLease(deps: HoldDeps, { jobId, isWanted, signal }: Wish): Promise<Granted | undefined> {
  const { clock, leaseMs, leaseConnection, name, log } = deps;
  for (;;) {
    if (signal.aborted) throw new Error("this worker is stopping; the queue hands the entry to another");
    if (!(await isWanted())) return undefined;
    const grantedAtMs = clock.monotonicMs();
    const owner = randomUUID();
    // A lock that can't be asked for is not free: nothing runs until it answers.
    const lease = await leaseConnection
      .run(
        (connection) => acquireLease(connection, { owner, worker: name, jobId, leaseMs }),
        renewalIntervalMs(leaseMs),
      )
      .catch((error: unknown) => {
        log.warn({ err: error, jobId }, "lease: the lock can't be asked for, waiting");
        return undefined;
      });
    if (lease !== undefined) return { lease, grantedAtMs };
    await clock.sleep(LEASE_POLL_MS, signal);
  }
}
