import { AppError } from "#/platform/errors.ts";
import { readCron } from "#/schedules/cron-rule.ts";
import { readRecurrence } from "#/schedules/recurrence-rule.ts";
import type { TickRule } from "#/schedules/tick-rule.ts";

const LONGEST = 400;

/** Reads a cron rule of five fields or an RRULE of RFC 5545. Throws `INVALID`, in bounded time whatever the text is. */
export function readRule(text: string): TickRule {
  if (text.length > LONGEST) throw new AppError("INVALID", `A rule has at most ${LONGEST} characters`);
  return /FREQ=|RRULE|DTSTART/i.test(text) ? readRecurrence(text) : readCron(text);
}
