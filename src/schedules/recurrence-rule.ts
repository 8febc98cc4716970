import { RRuleTemporal } from "rrule-temporal";
import { toText } from "rrule-temporal/totext";
import { readFields, refuse, type RecurrenceFields } from "#/schedules/recurrence-fields.ts";
import type { TickRule } from "#/schedules/tick-rule.ts";

/** A Monday at midnight: what intervals count from when the rule has no DTSTART of its own. */
const ANCHOR_WALL_MS = Date.UTC(2001, 0, 1);
const EARLIEST_START_MS = Date.UTC(2000, 0, 1);
const LATEST_START_MS = Date.UTC(2100, 0, 1);
// Of the periods of its frequency, and of the times within them, that are looked at for one next time.
const PERIODS = 400;
const CANDIDATES = 2_000;
const TIMES_IN_WORDS = 6;

/**
 * An RRULE, with or without `RRULE:`, and, on a line or word of its own before it, `DTSTART:20260101T080000`. Times are
 * those of the schedule's zone. Refused are SECONDLY and MINUTELY, parts with too many values, and a rule whose next
 * time takes too long to find. Throws `INVALID`.
 */
export function readRecurrence(text: string): TickRule {
  const { start, rule } = splitLines(text);
  const { fields, asText } = readFields(rule);
  if (fields.COUNT !== undefined && start === undefined) refuse("COUNT counts from a DTSTART, which it has not");
  if (fields.BYSETPOS !== undefined && (fields.FREQ === "HOURLY" || fields.FREQ === "DAILY"))
    refuse("BYSETPOS picks from a week, a month or a year; leave it out, or write a larger FREQ");
  const { UNTIL, ...searched } = asText;
  const startMs = start ?? ANCHOR_WALL_MS;
  const until = UNTIL === undefined ? undefined : readUntil(UNTIL);
  const recurrence = openRecurrence(startMs, searched);
  return {
    words: describe(fields, searched, startMs) + (UNTIL === undefined ? "" : `, until ${describeUntil(UNTIL)}`),
    ...(until?.instantMs === undefined ? {} : { untilMs: until.instantMs }),
    *walk(afterWallMs) {
      for (let wall = next(recurrence, afterWallMs); wall !== undefined; wall = next(recurrence, wall)) {
        if (until?.wallMs !== undefined && wall > until.wallMs) return;
        yield wall;
      }
    },
  };
}

function splitLines(text: string): { start: number | undefined; rule: string } {
  const lines = text.trim().toUpperCase().split(/\s+/);
  const rule = lines.at(-1)?.replace(/^RRULE:/, "") ?? "";
  if (lines.length === 1) return { start: undefined, rule };
  const [, stamp] = /^DTSTART:(\d{8}T\d{6})$/.exec(lines[0] ?? "") ?? [];
  if (lines.length > 2 || stamp === undefined)
    refuse("before it only a start such as DTSTART:20260101T080000 may stand, in the schedule's own time zone");
  const start = readStamp(stamp);
  if (start < EARLIEST_START_MS || start >= LATEST_START_MS) refuse("DTSTART must be from 2000 to 2099");
  if (new Date(start).getUTCSeconds() !== 0) refuse("DTSTART must be at a whole minute");
  return { start, rule };
}

function readStamp(stamp: string): number {
  const [year, month, day, hour, minute, second] = [0, 4, 6, 9, 11, 13].map((from) =>
    stamp.slice(from, from === 0 ? 4 : from + 2),
  );
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const ms = Date.parse(iso);
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== iso) refuse(`"${stamp}" is no date and time`);
  return ms;
}

/** A day counts to its end, a time is the schedule's zone's, one with Z is UTC. */
function readUntil(text: string): { wallMs?: number; instantMs?: number } {
  if (/^\d{8}$/.test(text)) return { wallMs: readStamp(`${text}T235959`) };
  const [, stamp, utc] = /^(\d{8}T\d{6})(Z?)$/.exec(text) ?? [];
  if (stamp === undefined) return refuse("UNTIL: a day such as 20261231, or a time such as 20261231T235900");
  return utc === "Z" ? { instantMs: readStamp(stamp) } : { wallMs: readStamp(stamp) };
}

function openRecurrence(startMs: number, parts: Readonly<Record<string, string>>): RRuleTemporal {
  const stamp = new Date(startMs).toISOString().replaceAll(/[-:]|\.000/g, "");
  const rule = Object.entries(parts).map(([name, value]) => `${name}=${value}`);
  try {
    return new RRuleTemporal({
      rruleString: `DTSTART:${stamp}\nRRULE:${rule.join(";")}`,
      maxIterations: PERIODS,
      maxCandidateEvaluations: CANDIDATES,
      cache: false,
    });
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : "it can't be read", cause);
  }
}

function next(recurrence: RRuleTemporal, afterWallMs: number): number | undefined {
  try {
    return recurrence.next(new Date(afterWallMs))?.epochMilliseconds;
  } catch (cause) {
    // The library throws a plain error when it has searched as far as it was allowed to.
    return refuse("its next time can't be found; it may never come, or a larger FREQ with fewer values says it", cause);
  }
}

function describe(fields: RecurrenceFields, parts: Readonly<Record<string, string>>, startMs: number): string {
  const { BYHOUR: _hours, BYMINUTE: _minutes, ...days } = parts;
  const words = toText(openRecurrence(ANCHOR_WALL_MS, days));
  const start = new Date(startMs);
  const hours = fields.BYHOUR ?? [start.getUTCHours()];
  const minutes = fields.BYMINUTE ?? [start.getUTCMinutes()];
  const times = hours.flatMap((hour) => minutes.map((minute) => `${pad(hour)}:${pad(minute)}`)).toSorted();
  const clock = times.length <= TIMES_IN_WORDS ? `at ${times.join(", ")}` : `at ${times.length} times of the day`;
  const withinHours = fields.BYHOUR === undefined ? "" : ` in the hours ${fields.BYHOUR.join(", ")}`;
  const when = fields.FREQ === "HOURLY" ? `at minute ${minutes.join(", ")}${withinHours}` : clock;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}, ${when}`;
}

function describeUntil(until: string): string {
  const [, year, month, day, hour, minute, zone] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$/.exec(until) ?? [];
  const date = `${year}-${month}-${day}`;
  return hour === undefined ? date : `${date} ${hour}:${minute}${zone === "Z" ? " UTC" : ""}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
