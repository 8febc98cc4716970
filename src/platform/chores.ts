import type { Logger } from "pino";
import type { Clock } from "#/platform/clock.ts";

export type Chore = Readonly<{ name: string; everyMs: number; run: () => Promise<unknown> }>;
export type Chores = Readonly<{ stop: () => Promise<void> }>;

const TICK_MS = 1_000;

type Deps = Readonly<{
  clock: Clock;
  log: Logger;
  /** Asked every second before anything is done; on a no all chores wait. Absent: always. */
  areNeeded?: () => Promise<boolean>;
}>;

/** Does every chore, one after the other, each in its own time, until stopped. One that fails is tried again in its time. */
export function startChores({ clock, log, areNeeded }: Deps, chores: readonly Chore[]): Chores {
  const stopped = new AbortController();
  const dueAtMs = new Map<string, number>();
  const caring = care();
  return {
    async stop() {
      stopped.abort();
      await caring;
    },
  };

  async function care(): Promise<void> {
    while (!stopped.signal.aborted) {
      await clock.sleep(TICK_MS, stopped.signal);
      if (!(await isNeeded())) continue;
      for (const chore of chores) {
        if (stopped.signal.aborted) return;
        if (clock.monotonicMs() >= (dueAtMs.get(chore.name) ?? 0)) await attend(chore);
      }
    }
  }

  /** What can't be asked may well be needed. */
  async function isNeeded(): Promise<boolean> {
    if (stopped.signal.aborted || areNeeded === undefined) return true;
    return areNeeded().catch(() => true);
  }

  async function attend({ name, everyMs, run }: Chore): Promise<void> {
    dueAtMs.set(name, clock.monotonicMs() + everyMs);
    await run().catch((error: unknown) => log.warn({ err: error }, `${name}: failed, tried again later`));
  }
}
