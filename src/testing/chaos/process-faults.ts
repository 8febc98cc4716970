import { TAKEOVER_TARGET_MS, type Fault } from "#/testing/chaos/fault.ts";
import { databaseNow, findHolder, keepBacklog, randomPause, takeoverMs } from "#/testing/chaos/takeover.ts";
import type { Server } from "#/testing/chaos/world.ts";

/** The longest a sync of the suite's sources takes when nothing disturbs it. */
const RUN_MS = 900;

export const killed: Fault = {
  name: "worker killed with -9",
  async run({ random, length }, world) {
    const rounds = length === "long" ? 100 : 8;
    let servers: Server[] = [await world.startServer("worker"), await world.startServer("worker")];
    const ms: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await keepBacklog(world, 2);
      await findHolder(world, () => servers);
      await randomPause(random, RUN_MS);
      const { server, fence } = await findHolder(world, () => servers);
      const since = await databaseNow(world.sql);
      await world.stopServer(server, "SIGKILL");
      servers = servers.filter((one) => one !== server);
      const successor = world.startServer("worker");
      ms.push(await takeoverMs(world.sql, since, fence));
      servers = [...servers, await successor];
    }
    return { rounds, times: [{ what: "takeover", ms, p95TargetMs: TAKEOVER_TARGET_MS }] };
  },
};
