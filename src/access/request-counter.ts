/** What is left to a caller of a minute's requests. */
export type RequestsLeft = Readonly<{ limit: number; remaining: number; resetSeconds: number; isExceeded: boolean }>;

export type RequestCounter = Readonly<{
  /** Counts a request of a caller. */
  count: (caller: string) => RequestsLeft;
}>;

const WINDOW_MS = 60_000;

/** Counts requests of each caller by the minute, in this process alone. For what is asked too often to wait for a library's answer. */
export function createRequestCounter(limit: number): RequestCounter {
  let counts = new Map<string, number>();
  let endsAt = 0;
  return {
    count(caller) {
      const now = performance.now();
      if (now >= endsAt) {
        counts = new Map();
        endsAt = now + WINDOW_MS;
      }
      const asked = (counts.get(caller) ?? 0) + 1;
      counts.set(caller, asked);
      return {
        limit,
        remaining: Math.max(0, limit - asked),
        resetSeconds: Math.ceil((endsAt - now) / 1_000),
        isExceeded: asked > limit,
      };
    },
  };
}

/** As `RateLimit` headers say it. */
export function headersOf({ limit, remaining, resetSeconds }: RequestsLeft): Record<string, string> {
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(resetSeconds),
  };
}
