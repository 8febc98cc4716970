import { AppError } from "#/platform/errors.ts";
import { readRule } from "#/schedules/read-rule.ts";
import { openTimeZone } from "#/schedules/time-zone.ts";

export type Ticking = Readonly<{
  /** A cron rule of five fields, or an RRULE. */
  rule: string;
  /** By its IANA name. */
  timeZone: string;
}>;

const HORIZON_MS = 10 * 366 * 86_400_000;
// A day that a zone left out has 1,440 minutes, all of which are one tick.
const REPEATS = 1_500;

/**
 * The next instants of a schedule after one, at most `limit`, ISO 8601 in UTC, none of them further away than ten years.
 * A wall time that clocks skip ticks at the first moment after the gap, one that they show twice ticks once. Throws
 * `INVALID` for a rule or zone that can't be read, in bounded time.
 */
export function nextTicks({ rule, timeZone }: Ticking, after: string, limit: number): string[] {
  const { walk, untilMs = Infinity } = readRule(rule);
  const zone = openTimeZone(timeZone);
  const afterMs = Date.parse(after);
  const lastMs = Math.min(untilMs, afterMs + HORIZON_MS);
  const ticks: number[] = [];
  let repeats = 0;
  for (const wallMs of walk(zone.wallOf(afterMs))) {
    const tickMs = zone.instantOf(wallMs);
    if (tickMs > lastMs) break;
    if (tickMs > (ticks.at(-1) ?? afterMs)) ticks.push(tickMs);
    else repeats += 1;
    if (ticks.length === limit || repeats > REPEATS) break;
  }
  return ticks.map((ms) => new Date(ms).toISOString());
}

/** The same, of a schedule that somebody wants: throws `INVALID` also when it would never tick. */
export function requireTicks(ticking: Ticking, after: string, limit: number): string[] {
  const ticks = nextTicks(ticking, after, limit);
  if (ticks.length === 0) throw new AppError("INVALID", "This rule names no time in the next ten years");
  return ticks;
}
