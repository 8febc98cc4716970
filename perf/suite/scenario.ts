import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "../figure.ts";
import type { Place } from "./place.ts";

export type Scenario = Readonly<{
  name: string;
  title: string;
  /** It stops processes or reads the database, so it needs a server that the suite has started itself. */
  needsOwn: boolean;
  /** `tell` shows how far it is. */
  run: (place: Place, tell: (words: string) => void) => Promise<readonly Figure[]>;
}>;

/** Answers what `work` answers, with its milliseconds. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}

/** Does something again and again, a pause after each turn, until `work` has ended; answers what `work` answers. */
export async function meanwhile<T>(work: Promise<T>, pauseMs: number, turn: () => Promise<unknown>): Promise<T> {
  const over = new AbortController();
  const loop = (async () => {
    while (!over.signal.aborted) {
      await turn();
      await sleep(pauseMs);
    }
  })();
  try {
    return await work;
  } finally {
    over.abort();
    await loop;
  }
}
