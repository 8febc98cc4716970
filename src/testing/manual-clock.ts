import type { Clock } from "#/platform/clock.ts";

/** A clock whose sleepers wake only when the test moves time on. */
export function createManualClock(): Clock & { advance: (ms: number) => Promise<void> } {
  let time = 0;
  let sleepers: { wakeAt: number; wake: () => void }[] = [];
  return {
    monotonicMs: () => time,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        if (signal.aborted) return wake();
        signal.addEventListener("abort", () => wake(), { once: true });
        sleepers.push({ wakeAt: time + ms, wake });
      }),
    async advance(ms) {
      time += ms;
      const due = sleepers.filter((sleeper) => sleeper.wakeAt <= time);
      sleepers = sleepers.filter((sleeper) => sleeper.wakeAt > time);
      for (const { wake } of due) wake();
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    },
  };
}
