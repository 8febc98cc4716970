import { Cron } from "croner";
import cronstrue from "cronstrue";
import { AppError } from "#/platform/errors.ts";
import type { TickRule } from "#/schedules/tick-rule.ts";

const LONGEST = 100;
const FIELDS = 5;
// No "?" and no "+": other programs read them differently.
const ALLOWED = /^[\d\sA-Za-z*/,#-]+$/;

/**
 * Five fields: minute, hour, day of month, month, day of week, in the way of crontab(5), with `L`, `W` and `#`. Where both
 * days are given, either is enough. Throws `INVALID`.
 */
export function readCron(text: string): TickRule {
  const fields = text.trim().split(/\s+/);
  if (text.length > LONGEST || !ALLOWED.test(text) || fields.length !== FIELDS)
    throw new AppError(
      "INVALID",
      'A cron rule has five fields (minute, hour, day, month, weekday) and at most 100 characters, such as "0 */6 * * *"',
    );
  const normal = fields.join(" ");
  const cron = openCron(normal);
  return {
    words: describe(normal),
    *walk(afterWallMs) {
      for (let wall = cron.nextRun(new Date(afterWallMs)); wall !== null; wall = cron.nextRun(wall))
        yield wall.getTime();
    },
  };
}

function openCron(pattern: string): Cron {
  try {
    // The wall's clock has no summer time, so it runs as UTC; what a wall time is as an instant is the zone's business.
    return new Cron(pattern, { mode: "5-part", utcOffset: 0, paused: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^CronPattern: /, "") : "it can't be read";
    throw new AppError("INVALID", `The cron rule "${pattern}" can't be read: ${why}`, { cause });
  }
}

function describe(pattern: string): string {
  try {
    return cronstrue.toString(pattern, { use24HourTimeFormat: true });
  } catch {
    return `By the cron rule ${pattern}`;
  }
}
