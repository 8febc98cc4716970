import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "#/testing/chaos/fault.ts";
import { startTwoWorkers } from "#/testing/chaos/process-faults.ts";
import { databaseNow, findHolder, findHolderAtRandom, takeoverMs } from "#/testing/chaos/takeover.ts";
import { TTL_SECONDS, type World } from "#/testing/chaos/world.ts";
import { eventually } from "#/testing/eventually.ts";

/**
 * The worst moment for a takeover: the holder has passed the fence's check, its transaction waits for another lock, and it
 * sleeps until its lease has run out. Then the way is free, it wakes, and commits.
 */
export const overtaken: Fault = {
  name: "worker frozen within a transaction",
  async run({ random, length }, world) {
    const rounds = length === "long" ? 8 : 1;
    await startTwoWorkers(world);
    const recoveries: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await findHolderAtRandom(world, random);
      const { server, fence, since } = await withLogLocked(world, async () => {
        await eventually("a worker waits within its transaction", () => isLogAwaited(world));
        const holder = await findHolder(world);
        holder.server.process.child.kill("SIGSTOP");
        const since = await databaseNow(world.sql);
        await sleep((TTL_SECONDS + 1) * 1_000 + random.integer(0, 500));
        return { ...holder, since };
      });
      await sleep(random.integer(0, 200));
      server.process.child.kill("SIGCONT");
      recoveries.push(await takeoverMs(world.sql, since, fence));
    }
    return { rounds, times: [{ what: "takeover after all", ms: recoveries, p95TargetMs: 15_000 }] };
  },
};

/** While `work` lasts nobody can write into the log of sources; it can be read. */
async function withLogLocked<T>(world: World, work: () => Promise<T>): Promise<T> {
  const connection = await world.sql.reserve();
  try {
    await connection`begin`;
    await connection`lock table pricing_sync_log in exclusive mode`;
    return await work();
  } finally {
    await connection`commit`;
    connection.release();
  }
}

async function isLogAwaited(world: World): Promise<boolean> {
  const rows = await world.sql`
    select 1 from pg_locks where relation = 'pricing_sync_log'::regclass and not granted
      and database = (select oid from pg_database where datname = current_database())`;
  return rows.length > 0;
}
