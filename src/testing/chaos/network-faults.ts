import { setTimeout as sleep } from "node:timers/promises";
import { TAKEOVER_TARGET_MS, type Fault } from "#/testing/chaos/fault.ts";
import { startTwoWorkers } from "#/testing/chaos/process-faults.ts";
import { databaseNow, findHolderAtRandom, recoveryMs, takeoverMs } from "#/testing/chaos/takeover.ts";
import { TTL_SECONDS } from "#/testing/chaos/world.ts";
import type { FaultMode } from "#/testing/fault-proxy.ts";

const ROUNDS = { long: 6, short: 1 };

/** Cuts the holder off from the database until another worker has taken over; then what was held back arrives, or is cut. */
function cutOff(name: string, mode: FaultMode): Fault {
  return {
    name,
    async run({ random, length }, world) {
      const rounds = ROUNDS[length];
      await startTwoWorkers(world);
      const ms: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const { server, fence } = await findHolderAtRandom(world, random);
        const since = await databaseNow(world.sql);
        server.proxy.setMode(mode);
        ms.push(await takeoverMs(world.sql, since, fence));
        await sleep(random.integer(0, 1_000));
        if (random.chance(50)) server.proxy.setModeOfOpen({ kind: "reset" });
        server.proxy.setMode({ kind: "pass" });
      }
      return { rounds, times: [{ what: "takeover", ms, p95TargetMs: TAKEOVER_TARGET_MS }] };
    },
  };
}

export const blackHole = cutOff("network: black hole", { kind: "black-hole" });
export const oneWay = cutOff("network: answers lost", { kind: "one-way" });
export const reset = cutOff("network: reset", { kind: "reset" });

/** Half of the rounds with round trips of twice the lease's margin, half with such that renewals come too late. */
export const latency: Fault = {
  name: "network: latency",
  async run({ random, length }, world) {
    const rounds = ROUNDS[length];
    const marginMs = (TTL_SECONDS * 1_000) / 10;
    await startTwoWorkers(world);
    for (let round = 0; round < rounds; round += 1) {
      const { server } = await findHolderAtRandom(world, random);
      server.proxy.setMode({ kind: "latency", ms: round % 2 === 0 ? marginMs : marginMs * 2 });
      await sleep(TTL_SECONDS * 1_000 + random.integer(0, 1_000));
      server.proxy.setMode({ kind: "pass" });
    }
    return { rounds };
  },
};

/** The most that it may take until a run goes on when its worker's connections have all gone dead without a word. */
const NOTICED_TARGET_MS = 60_000;

/** What a firewall does that forgets its connections: the open ones stay silent for ever, new ones work. */
export const deadConnections: Fault = {
  name: "network: open connections go dead",
  longOnly: true,
  async run({ random, length }, world) {
    const rounds = length === "long" ? 2 : 1;
    await startTwoWorkers(world);
    const ms: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { server } = await findHolderAtRandom(world, random);
      server.proxy.setModeOfOpen({ kind: "black-hole" });
      await sleep(1_000);
      ms.push(await recoveryMs(world, NOTICED_TARGET_MS * 2));
    }
    return { rounds, times: [{ what: "recovery", ms, p95TargetMs: NOTICED_TARGET_MS }] };
  },
};
