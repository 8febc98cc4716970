import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "#/market/random.ts";
import { eventually } from "#/testing/eventually.ts";
import type { Bench } from "../bench/run-bench.ts";
import { quantile } from "../quantile.ts";
import type { Fleet } from "./fleet.ts";
import { FORMATS, type Change, type OnePriceBook } from "./one-price-book.ts";
import { openReader, type Reader } from "./reader.ts";

const READERS = 8;
const TARGET_MS = 1_000;
const ENCODINGS = ["br", "gzip"] as const;

/** Opens readers of each format in each encoding. */
export function openReaders(url: string, count = READERS): Reader[] {
  return Array.from({ length: count }, (_, index) =>
    openReader({ url, format: FORMATS[index % 2] ?? "csv", encoding: ENCODINGS[(index >> 1) % 2] ?? "br" }),
  );
}

/** What befalls the fleet, and the share of all changes after which it does. */
type Fault = Readonly<{ after: number; words: string; do: () => void | Promise<void> }>;

/**
 * Changes all prices again and again while readers ask nginx, one process is killed and started again, and the other's connections to
 * the database are cut, and then go silent.
 */
export async function measureChanges(bench: Bench, fleet: Fleet, url: string): Promise<void> {
  const { webs, proxy, book } = fleet;
  const faults: readonly Fault[] = [
    { after: 0, words: "nothing is wrong", do: () => {} },
    { after: 0.25, words: "a web process is killed with -9", do: () => webs[1].kill() },
    { after: 0.4, words: "it is started again", do: () => webs[1].start() },
    { after: 0.55, words: "the other's database is cut off", do: () => proxy.setMode({ kind: "reset" }) },
    { after: 0.7, words: "its database is back", do: () => proxy.setMode({ kind: "pass" }) },
    { after: 0.8, words: "its database goes silent", do: () => proxy.setMode({ kind: "black-hole" }) },
    { after: 0.9, words: "its database is back", do: () => proxy.setMode({ kind: "pass" }) },
  ];
  const readers = openReaders(url);
  const changes = bench.isQuick ? 20 : 100;
  const random = createRandom("fleet", bench.seed);
  const all: number[] = [];
  for (const [index, fault] of faults.entries()) {
    await fault.do();
    const until = Math.round((faults[index + 1]?.after ?? 1) * changes);
    const times: number[] = [];
    for (let count = Math.round(fault.after * changes); count < until; count += 1) {
      times.push(await timeChange(book, readers));
      await sleep(random.integer(0, 1_000));
    }
    all.push(...times);
    const [middle, most] = [quantile(times, 0.5), Math.max(...times)];
    bench.note(`${times.length} changes, ${fault.words}: median ${middle.toFixed(0)} ms, most ${most.toFixed(0)} ms`);
  }
  for (const reader of readers) await reader.stop();
  reportReaders(bench, readers, book);
  const words = `a change until all ${READERS} readers have it`;
  bench.report({ what: `${words}, p95`, value: quantile(all, 0.95), unit: "ms", most: TARGET_MS });
  bench.report({ what: `${words}, the slowest`, value: Math.max(...all), unit: "ms", most: TARGET_MS });
}

/** From the commit of a change until the last of the readers has it, in milliseconds. */
export async function timeChange(book: OnePriceBook, readers: readonly Reader[]): Promise<number> {
  return timeUntil(await book.change(), readers);
}

/** The same of a change that has been made. */
export async function timeUntil({ version, committedAt }: Change, readers: readonly Reader[]): Promise<number> {
  const reached = () => readers.map((reader) => reader.reachedAt(version));
  await eventually("every reader has a change", async () => !reached().includes(undefined), 30_000);
  return Math.max(...reached().map((at) => at ?? Number.NaN)) - committedAt;
}

/** What no reader may ever see. */
export function reportReaders(bench: Bench, readers: readonly Reader[], book: OnePriceBook): void {
  const answers = readers.reduce((sum, reader) => sum + reader.answers(), 0);
  const mixed = readers.flatMap((reader) => reader.findMixed(book));
  const errors = readers.flatMap((reader) => reader.errors());
  const stepsBack = readers.reduce((sum, reader) => sum + reader.stepsBack(), 0);
  const of = `of ${answers.toLocaleString("en")} answers`;
  bench.report({ what: `${of}, not all of the version that they say`, value: mixed.length, unit: "", most: 0 });
  bench.report({ what: `${of}, older than the answer before`, value: stepsBack, unit: "", most: 0 });
  bench.report({ what: "errors that readers saw", value: errors.length, unit: "", most: 0 });
  for (const words of new Set([...mixed.slice(0, 3), ...errors.slice(0, 3)])) bench.note(words);
}
