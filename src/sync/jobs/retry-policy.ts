/** So often a job is started in all, whatever ended its attempts. */
export const MOST_ATTEMPTS = 5;
/** So often a job asks sources that fail in a way that can pass. */
const MOST_ASKED = 3;
const FIRST_WAIT_MS = 5_000;
const GROWTH = 4;
const JITTER = 0.25;
/** A source that asks for a longer wait is left to the next sync. */
const LONGEST_ASKED_WAIT_MS = 30_000;

export type Failure = Readonly<{ retryable: boolean; waitSeconds?: number | undefined }>;

/**
 * How long to wait before sources that failed are asked again in the same job, in ms; `undefined` when none of them is
 * worth it, or after the last attempt. `random` is from 0 to 1: the wait varies by a quarter, so that many jobs that
 * failed together don't come back together.
 */
export function waitBeforeAsking(
  failures: readonly Failure[],
  { attempt, random }: { attempt: number; random: number },
): number | undefined {
  if (attempt >= MOST_ASKED) return undefined;
  const waits = failures
    .filter(({ retryable, waitSeconds = 0 }) => retryable && waitSeconds * 1_000 <= LONGEST_ASKED_WAIT_MS)
    .map(({ waitSeconds = 0 }) => waitSeconds * 1_000);
  return waits.length === 0 ? undefined : Math.max(backoff(attempt, random), ...waits);
}

/** The same after an attempt that broke off for a reason that may pass: the database went away, or the unexpected. */
export function waitAfterFault({ attempt, random }: { attempt: number; random: number }): number | undefined {
  return attempt >= MOST_ATTEMPTS ? undefined : backoff(attempt, random);
}

function backoff(attempt: number, random: number): number {
  const wait = FIRST_WAIT_MS * GROWTH ** (Math.min(attempt, MOST_ASKED) - 1);
  return Math.round(wait * (1 - JITTER + 2 * JITTER * random));
}
