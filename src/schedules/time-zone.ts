import { AppError } from "#/platform/errors.ts";

/** A zone's clock on the wall. A wall time is in ms as if it were UTC. */
export type TimeZone = Readonly<{
  wallOf: (instantMs: number) => number;
  /**
   * The first instant that shows this wall time. One that clocks skip when they go forward is the first moment after the
   * gap; one that they show twice is the first of the two. Never falls while the wall time rises.
   */
  instantOf: (wallMs: number) => number;
}>;

const NAME = /^[a-z][\w+-]*(?:\/[\w+-]+){0,3}$/i;
const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

/** Throws `INVALID` for a name that is not in the IANA database. */
export function openTimeZone(name: string): TimeZone {
  const format = createFormat(name);

  function wallOf(instantMs: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instantMs)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }

  function instantOf(wallMs: number): number {
    const offsetAt = (instantMs: number) => wallOf(instantMs) - instantMs;
    const [early, late] = [wallMs - offsetAt(wallMs - DAY_MS), wallMs - offsetAt(wallMs + DAY_MS)].toSorted(
      (a, b) => a - b,
    );
    if (early === undefined || late === undefined || wallOf(early) === wallMs) return early ?? wallMs;
    if (wallOf(late) === wallMs) return late;
    return endOfGap(early, late, wallMs);
  }

  function endOfGap(beforeMs: number, afterMs: number, wallMs: number): number {
    let [low, high] = [beforeMs, afterMs];
    while (high - low > SECOND_MS) {
      const middle = low + Math.floor((high - low) / (2 * SECOND_MS)) * SECOND_MS;
      if (wallOf(middle) < wallMs) low = middle;
      else high = middle;
    }
    return high;
  }

  return { wallOf, instantOf };
}

function createFormat(name: string): Intl.DateTimeFormat {
  const refusal = `"${name.slice(0, 64)}" is no time zone; write one such as UTC or Europe/Berlin`;
  if (name.length > 64 || !NAME.test(name)) throw new AppError("INVALID", refusal);
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AppError("INVALID", refusal, { cause });
  }
}
