import type { Outputs } from "#/ui/trpc.tsx";

export type Schedule = Outputs["schedules"]["list"]["schedules"][number];

/** More missed times than these are not counted. */
const MOST_COUNTED = 500;

export const MISSED_WORDS = {
  run_once: "missed times are run once, together",
  skip: "missed times are skipped",
} as const satisfies Record<Schedule["missedPolicy"], string>;

/** What was not as it should be with the last tick, such as "3 times were missed and run once". */
export function tickWords({ lastTick, missedPolicy }: Pick<Schedule, "lastTick" | "missedPolicy">): string | undefined {
  if (lastTick === null) return undefined;
  if (lastTick.skipped !== null) return `did not run: ${lastTick.skipped}`;
  if (lastTick.missed === 0) return undefined;
  const { missed } = lastTick;
  const count = missed >= MOST_COUNTED ? `at least ${MOST_COUNTED}` : String(missed);
  return `${count} ${missed === 1 ? "time was" : "times were"} missed and ${missedPolicy === "skip" ? "skipped" : "run once"}`;
}

/** The schedule that runs next, and when; undefined when none will. */
export function findNext(schedules: readonly Schedule[]): { name: string; at: string } | undefined {
  return schedules
    .flatMap(({ name, next: [at] }) => (at === undefined ? [] : [{ name, at }]))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}
