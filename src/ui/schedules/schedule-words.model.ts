import type { Outputs } from "#/ui/trpc.tsx";

export type Schedule = Outputs["schedules"]["list"]["schedules"][number];

/** More missed ticks than these are not counted. */
const MOST_COUNTED = 500;

export const MISSED_WORDS = {
  run_once: "one run for all that was missed",
  skip: "what was missed is skipped",
} as const satisfies Record<Schedule["missedPolicy"], string>;

/** "3 ticks were missed, run once"; undefined when the last tick was on time. */
export function missedWords({
  lastTick,
  missedPolicy,
}: Pick<Schedule, "lastTick" | "missedPolicy">): string | undefined {
  if (lastTick === null || lastTick.missed === 0) return undefined;
  const { missed } = lastTick;
  const count = missed >= MOST_COUNTED ? `at least ${MOST_COUNTED}` : String(missed);
  return `${count} ${missed === 1 ? "tick was" : "ticks were"} missed, ${missedPolicy === "skip" ? "skipped" : "run once"}`;
}

/** The schedule that runs next, and when; undefined when none will. */
export function findNext(schedules: readonly Schedule[]): { name: string; at: string } | undefined {
  return schedules
    .flatMap(({ name, next: [at] }) => (at === undefined ? [] : [{ name, at }]))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}
