import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "#/market/random.ts";
import { listMissed, triggerConstantly } from "#/testing/chaos/clients.ts";
import type { Fault } from "#/testing/chaos/fault.ts";
import { openWatcher, type Watcher } from "#/testing/chaos/watcher.ts";
import type { World } from "#/testing/chaos/world.ts";
import { eventually } from "#/testing/eventually.ts";
import { openFaultProxy, type FaultMode, type FaultProxy } from "#/testing/fault-proxy.ts";

const MODES: readonly FaultMode[] = [
  { kind: "black-hole" },
  { kind: "one-way" },
  { kind: "reset" },
  { kind: "latency", ms: 400 },
];
const SILENCE_MS = 2_000;
const ANSWER_MS = 1_000;
const RECOVERY_TARGET_MS = SILENCE_MS + 2_000;

/**
 * Between the server and those who watch and trigger: what they asked for may have been done and the answer lost. They ask
 * again with the same key, and connect again naming the last event they have.
 */
export const clientsCutOff: Fault = {
  name: "network: clients and the server",
  async run({ random, length }, world) {
    const [watcherCount, passes] = length === "long" ? [50, 3] : [5, 1];
    world.source.setDelayMs(100);
    const web = await world.startServer("web");
    await world.startServer("worker");
    const door = await openFaultProxy(() => Number(new URL(web.url).port));
    const urls = [`http://127.0.0.1:${door.port}`];
    const watchers = Array.from({ length: watcherCount }, () => openWatcher(urls, { first: 0, silenceMs: SILENCE_MS }));
    const stopped = new AbortController();
    try {
      await eventually("all watch", async () => watchers.every((watcher) => watcher.connections() > 0), 60_000);
      const triggering = triggerConstantly(world, { urls, name: "cut-off", timeoutMs: ANSWER_MS }, stopped.signal);
      const ms: number[] = [];
      for (const mode of Array.from({ length: passes }, () => MODES).flat()) {
        await sleep(random.integer(200, 1_000));
        await disturb(door, mode, random);
        ms.push(await recoveryMs(world, watchers));
      }
      stopped.abort();
      await triggering;
      await world.allEnded();
      const failures = await listMissed(world, watchers);
      return {
        rounds: passes * MODES.length,
        failures,
        times: [{ what: "recovery", ms, p95TargetMs: RECOVERY_TARGET_MS }],
      };
    } finally {
      stopped.abort();
      await Promise.all(watchers.map((watcher) => watcher.stop()));
      await door.close();
    }
  },
};

async function disturb(door: FaultProxy, mode: FaultMode, random: Random): Promise<void> {
  door.setMode(mode);
  await sleep(random.integer(500, 2_500));
  // Half of the time what was held back arrives late, half of the time it is cut off for good.
  if (random.chance(50)) door.setModeOfOpen({ kind: "reset" });
  door.setMode({ kind: "pass" });
}

/** From now until a trigger was answered and every watcher has heard of something new. */
async function recoveryMs(world: World, watchers: readonly Watcher[]): Promise<number> {
  const since = performance.now();
  const accepted = world.accepted.length;
  const heard = watchers.map((watcher) => watcher.seen().length);
  const hasNews = (watcher: Watcher, index: number) => watcher.seen().length > (heard[index] ?? 0);
  await eventually(
    "everybody hears of something new",
    async () => world.accepted.length > accepted && watchers.every(hasNews),
    30_000,
  );
  return performance.now() - since;
}
