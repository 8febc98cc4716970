import { quantile } from "../quantile.ts";
import type { Bench } from "./run-bench.ts";

type Measure = (round: number) => Promise<number>;

/** What both came to in each round, in the same order. */
export type Turns = Readonly<{ ours: readonly number[]; floor: readonly number[] }>;

/**
 * Measures the floor and ours in turns, so that both meet the same machine, and `warmUps` times before that without counting.
 * A measure answers its own value, such as milliseconds.
 */
export async function takeTurns(
  { rounds, warmUps = 1 }: Readonly<{ rounds: number; warmUps?: number }>,
  { ours, floor }: Readonly<{ ours: Measure; floor: Measure }>,
): Promise<Turns> {
  const turns: { ours: number[]; floor: number[] } = { ours: [], floor: [] };
  for (let round = -warmUps; round < rounds; round += 1) {
    const floorValue = await floor(round);
    const value = await ours(round);
    if (round < 0) continue;
    turns.floor.push(floorValue);
    turns.ours.push(value);
  }
  return turns;
}

type Ratio = Readonly<{ what: string; ours: string; floor: string; unit: string; most?: number; least?: number }>;

/**
 * Reports the median of what the rounds' ratios were: both sides of one round met the same machine. `ours` and `floor` say in words
 * what was measured, in `unit`.
 */
export function reportRatio(bench: Pick<Bench, "report" | "note">, turns: Turns, ratio: Ratio): void {
  const { what, unit, ours, floor, ...target } = ratio;
  const ratios = turns.ours.map((value, round) => value / (turns.floor[round] ?? Number.NaN));
  bench.report({ what, value: quantile(ratios, 0.5), unit: "x", ...target });
  bench.note(
    `${ours} ${spread(turns.ours, unit)}; ${floor} ${spread(turns.floor, unit)}; ratios ${spread(ratios, "x")}`,
  );
}

/** Median, least and most. */
export function spread(values: readonly number[], unit: string): string {
  const say = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 3 });
  return `${say(quantile(values, 0.5))} ${unit} (${say(Math.min(...values))} to ${say(Math.max(...values))})`;
}

/** How long it takes, in milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
