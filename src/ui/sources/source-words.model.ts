import { bytesInWords, count, countOf, spoken } from "#/ui/feedback/count.model.ts";
import { describeDuration, utcInstant } from "#/ui/time/time.model.ts";
import type { Outputs } from "#/ui/trpc.tsx";

export type Source = Outputs["sources"]["list"]["sources"][number];
export type Fetch = Source["recentFetches"][number];
export type SourceTest = Outputs["sources"]["test"];
export type SourceDay = Outputs["sources"]["days"]["sources"][number]["days"][number];
type Schedule = Outputs["schedules"]["list"]["schedules"][number];

/** "98%", rounded down, so that 100% is never said of a source that failed; "no syncs yet" without any. */
export function successWords(rate: number | null): string {
  return rate === null ? "no syncs yet" : `${Math.floor(rate * 100)}%`;
}

/** "26 Nov 2026, 12:00:00 UTC: applied, 1.2 MB in 1.4 s". */
export function fetchWords({ at, bytes, ms, outcome }: Fetch): string {
  const transfer = bytes === null ? "" : `, ${bytesInWords(bytes)}`;
  const took = ms === null ? "" : ` in ${describeDuration(ms / 1_000)}`;
  return `${utcInstant(at)}: ${outcome}${transfer}${took}`;
}

/** "The last 10 fetches: 9 good, 1 failed". */
export function fetchesWords(fetches: readonly Fetch[]): string {
  const failed = fetches.filter(({ outcome }) => outcome === "failed").length;
  const cancelled = fetches.filter(({ outcome }) => outcome === "cancelled").length;
  const parts = [
    `${fetches.length - failed - cancelled} good`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
  ];
  return `The last ${countOf(fetches.length, "fetch", "fetches")}: ${parts.join(", ")}`;
}

/** The schedules by which a source is read, the ones that are paused apart. */
export function findSchedules<T extends Pick<Schedule, "sources">>(
  source: string,
  schedules: readonly T[],
): readonly T[] {
  return schedules.filter(({ sources }) => sources === null || sources.includes(source));
}

/** How a day went: what colours its cell. */
export function dayState({ read, failed, cancelled }: SourceDay): "none" | "good" | "mixed" | "bad" {
  if (read + failed + cancelled === 0) return "none";
  if (failed === 0) return "good";
  return read === 0 ? "bad" : "mixed";
}

/** "2026-11-01: 24 syncs, 2 failed; not fresh at the end of the day". */
export function dayWords(day: SourceDay, isToday: boolean): string {
  const { read, failed, cancelled, isFresh } = day;
  const total = read + failed + cancelled;
  const parts = [
    total === 0 ? "no syncs" : countOf(total, "sync"),
    ...(failed > 0 ? [`${failed === total ? "all" : count(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${count(cancelled)} cancelled`] : []),
  ];
  const when = isToday ? "now" : "at the end of the day";
  const fresh = isFresh === null ? "not read yet" : `${isFresh ? "fresh" : "not fresh"} ${when}`;
  return `${day.day}: ${parts.join(", ")}; ${fresh}`;
}

/** "120 priced, 3 free; rejected: 2 unit unknown (1.2 MB in 1.4 s)": what a test found. */
export function testWords({ offers, rejected, bytes, fetchMs }: SourceTest): string {
  const states = Object.entries(offers).map(([state, amount]) => `${count(amount)} ${state}`);
  const rejects = Object.entries(rejected).map(([reason, amount]) => `${count(amount)} ${spoken(reason)}`);
  const parts = [
    ...(states.length > 0 ? [states.join(", ")] : []),
    ...(rejects.length > 0 ? [`rejected: ${rejects.join(", ")}`] : []),
  ];
  const size = bytes === null ? "" : `${bytesInWords(bytes)} in ${describeDuration((fetchMs ?? 0) / 1_000)}`;
  return [parts.join("; "), size].filter((part) => part !== "").join(" · ");
}
