/** When a schedule ticks, by the clock on the wall (ms as if it were UTC). */
export type TickRule = Readonly<{
  /** For people. */
  words: string;
  /** Wall times after one, rising, without end or until the rule ends. Throws `INVALID` where it searches too long. */
  walk: (afterWallMs: number) => Iterable<number>;
  /** The instant after which it ticks no more. */
  untilMs?: number;
}>;
