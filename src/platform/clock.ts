import { setTimeout as delay } from "node:timers/promises";

/**
 * Time is a port, so that a lease can expire in a test without anyone waiting for it.
 * `monotonicMs` never jumps and means nothing to another process; instants that two processes
 * must agree on come from the database.
 */
export type Clock = Readonly<{
  monotonicMs: () => number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}>;

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    if (signal.aborted) return;
    await delay(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};
