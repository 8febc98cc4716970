/** A deterministic stream of draws. Never a source of secrets. */
export type Random = Readonly<{
  /** `[0, 1)` */
  next: () => number;
  /** A whole number, both ends included. */
  integer: (from: number, to: number) => number;
  chance: (percent: number) => boolean;
  pick: <T>(items: readonly [T, ...T[]]) => T;
  /** Up to `count` distinct items, in the order of the list. */
  sample: <T>(items: readonly T[], count: number) => T[];
}>;

/** FNV-1a over UTF-16 units: enough to give every name its own stream. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Mulberry32, seeded by everything that names the draw, so that adding a model never moves another one's price. */
export function createRandom(...names: readonly (string | number)[]): Random {
  let state = hashText(names.join("\u0000"));

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));

  function sample<T>(items: readonly T[], count: number): T[] {
    const chosen = new Set<number>();
    while (chosen.size < Math.min(count, items.length)) chosen.add(integer(0, items.length - 1));
    return items.filter((_, index) => chosen.has(index));
  }

  return {
    next,
    integer,
    chance: (percent) => next() * 100 < percent,
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
    sample,
  };
}
