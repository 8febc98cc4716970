const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** The schedule that the Standard Webhooks specification proposes: ten attempts over three days. */
const WAITS_MS = [5 * SECOND, 300 * SECOND, 0.5 * HOUR, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const JITTER = 0.1;

/** An endpoint to which nothing got through for so long is disabled. */
export const FAILING_DAYS = 5;

type Failure = Readonly<{
  /** How many attempts there were, this one included. */
  tries: number;
  /** What the receiver asked for. */
  retryAfterSeconds?: number | undefined;
  /** From 0 to 1. */
  random: number;
}>;

/** How long to wait before the next attempt, in ms; `undefined` after the last one. */
export function waitBeforeSending({ tries, retryAfterSeconds = 0, random }: Failure): number | undefined {
  const wait = WAITS_MS[tries - 1];
  if (wait === undefined) return undefined;
  return Math.max(retryAfterSeconds * SECOND, Math.round(wait * (1 + JITTER * random)));
}
