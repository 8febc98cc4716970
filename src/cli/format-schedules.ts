import type { SchedulePreview, ScheduleView } from "#/cli/api-types.ts";
import { toneOf } from "#/cli/create-paint.ts";
import { formatTable, plural, type Column } from "#/cli/format-table.ts";
import { formatInstant } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";
import type { Paint } from "#/cli/session.ts";

/** More missed ticks than these are not counted. */
const MOST_COUNTED = 500;

const COLUMNS: readonly Column[] = [
  { title: "NAME" },
  { title: "RUNS", shrinks: true },
  { title: "ZONE" },
  { title: "SOURCES", shrinks: true },
  { title: "NEXT (UTC)" },
  { title: "LAST RUN (UTC)" },
];

/** All schedules, with what they left out and why they rest under them. */
export function formatSchedules(schedules: readonly ScheduleView[], paint: Paint, width?: number): string {
  if (schedules.length === 0) return 'No schedules. Add one with: ratebook schedules add NAME --rule "0 */6 * * *"\n';
  const rows = schedules.map((schedule) => [
    printable(schedule.name),
    printable(schedule.words),
    printable(schedule.timeZone),
    schedule.sources === null ? "all" : printable(schedule.sources.join(", ")),
    formatNext(schedule, paint),
    schedule.lastRun === null
      ? formatNoRun(schedule)
      : `${formatInstant(schedule.lastRun.triggeredAt).slice(5, 16)} ${paint(toneOf(schedule.lastRun.status), schedule.lastRun.status)}`,
  ]);
  const remarks = schedules.flatMap(({ name, paused, lastTick, overdueSince }) => [
    ...(paused === null
      ? []
      : [
          `${printable(name)} is paused since ${formatInstant(paused.at)} by ${printable(paused.by)}${paused.reason === null ? "" : `: ${printable(paused.reason)}`}\n`,
        ]),
    ...(overdueSince === null
      ? []
      : [`${printable(name)} should have run at ${formatInstant(overdueSince)}; no worker has taken it yet\n`]),
    ...(lastTick === null || lastTick.skipped === null
      ? []
      : [`${printable(name)} did not run at ${formatInstant(lastTick.at)}: ${printable(lastTick.skipped)}\n`]),
    ...(lastTick === null || lastTick.missed === 0 || lastTick.skipped !== null
      ? []
      : [
          `${printable(name)}: ${lastTick.missed >= MOST_COUNTED ? "at least " : ""}${plural(lastTick.missed, "tick")} missed up to ${formatInstant(lastTick.at)}, run once\n`,
        ]),
  ]);
  return `${formatTable(COLUMNS, rows, width)}${remarks.length === 0 ? "" : `\n${remarks.join("")}`}`;
}

function formatNoRun({ lastTick }: ScheduleView): string {
  return lastTick === null || lastTick.skipped !== null ? "not yet" : formatInstant(lastTick.at).slice(5, 16);
}

function formatNext({ paused, next: [next] }: ScheduleView, paint: Paint): string {
  if (paused !== null) return paint("warn", "paused");
  return next === undefined ? "at its end" : formatInstant(next).slice(0, 16);
}

/** What a rule means, and the next instants that it names. */
export function formatPreview({ words, next }: SchedulePreview): string {
  return `${printable(words)}\n${next.map((instant) => `  ${formatInstant(instant)}\n`).join("")}`;
}
