import { setTimeout as sleep } from "node:timers/promises";
import { TAKEOVER_TARGET_MS, type Fault } from "#/testing/chaos/fault.ts";
import { databaseNow, findHolderAtRandom, takeoverMs } from "#/testing/chaos/takeover.ts";
import { TTL_SECONDS, type World } from "#/testing/chaos/world.ts";

const HANDOVER_TARGET_MS = 1_000;

export async function startTwoWorkers(world: World, env?: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all([world.startServer("worker", env), world.startServer("worker", env)]);
}

export const killed: Fault = {
  name: "worker killed with -9",
  async run({ random, length }, world) {
    const rounds = length === "long" ? 100 : 2;
    await startTwoWorkers(world);
    const ms: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { server, fence } = await findHolderAtRandom(world, random);
      const since = await databaseNow(world.sql);
      await world.stopServer(server, "SIGKILL");
      const successor = world.startServer("worker");
      ms.push(await takeoverMs(world.sql, since, fence));
      await successor;
    }
    return { rounds, times: [{ what: "takeover", ms, p95TargetMs: TAKEOVER_TARGET_MS, mostMs: TAKEOVER_TARGET_MS }] };
  },
};

export const frozen: Fault = {
  name: "worker frozen (SIGSTOP) and woken",
  async run({ random, length }, world) {
    const rounds = length === "long" ? 20 : 1;
    await startTwoWorkers(world);
    const ms: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { server, fence } = await findHolderAtRandom(world, random);
      const since = await databaseNow(world.sql);
      server.process.child.kill("SIGSTOP");
      ms.push(await takeoverMs(world.sql, since, fence));
      await sleep(random.integer(0, 500));
      server.process.child.kill("SIGCONT");
    }
    return { rounds, times: [{ what: "takeover", ms, p95TargetMs: TAKEOVER_TARGET_MS }] };
  },
};

export const blocked: Fault = {
  name: "worker's event loop blocked",
  async run({ random, length }, world) {
    const rounds = length === "long" ? 6 : 1;
    const blockMs = (TTL_SECONDS + 1) * 1_000;
    await startTwoWorkers(world, {
      NODE_OPTIONS: "--import=./src/testing/chaos/block-loop.ts",
      CHAOS_BLOCK_MS: String(blockMs),
    });
    const ms: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { server, fence } = await findHolderAtRandom(world, random);
      const since = await databaseNow(world.sql);
      server.process.child.kill("SIGUSR2");
      ms.push(await takeoverMs(world.sql, since, fence));
      await sleep(1_000);
    }
    return { rounds, times: [{ what: "takeover", ms, p95TargetMs: TAKEOVER_TARGET_MS }] };
  },
};

export const handedOver: Fault = {
  name: "worker asked to stop (SIGTERM)",
  alone: "long",
  async run({ random, length }, world) {
    const rounds = length === "long" ? 20 : 2;
    await startTwoWorkers(world);
    const ms: number[] = [];
    const failures: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { server, fence } = await findHolderAtRandom(world, random);
      const since = await databaseNow(world.sql);
      const stopping = world.stopServer(server, "SIGTERM");
      ms.push(await takeoverMs(world.sql, since, fence));
      const code = await stopping;
      if (code !== 0) failures.push(`a worker that was asked to stop left with code ${code}`);
      await world.startServer("worker");
    }
    return { rounds, failures, times: [{ what: "handover", ms, p95TargetMs: HANDOVER_TARGET_MS }] };
  },
};
