import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "#/testing/chaos/fault.ts";
import { startTwoWorkers } from "#/testing/chaos/process-faults.ts";
import type { World } from "#/testing/chaos/world.ts";
import { eventually } from "#/testing/eventually.ts";

/** Longer than a run needs to notice that it is to stop. */
const NOTICED_AFTER_MS = 1_200;

/**
 * Runs are cancelled at any moment, and in the worst one: while a source's transaction is under way and waits for a row. A
 * run that does not wait for what it began says that it has ended, and writes on.
 */
export const cancelled: Fault = {
  name: "run cancelled while it writes",
  async run({ random, length }, world) {
    const rounds = length === "long" ? 24 : 3;
    await startTwoWorkers(world);
    for (let round = 0; round < rounds; round += 1) {
      world.source.moveOn();
      if (round % 2 === 0) await cancelWhileWriting(world);
      else {
        const jobId = await world.trigger();
        await sleep(random.integer(0, 1_000));
        await world.cancel(jobId);
      }
      await world.allEnded();
    }
    return { rounds };
  },
};

async function cancelWhileWriting(world: World): Promise<void> {
  const connection = await world.sql.reserve();
  try {
    await connection`begin`;
    await connection`select from sources where name = 'alpha' for update`;
    const jobId = await world.trigger();
    await eventually("a source's transaction waits for its row", () => isRowAwaited(world));
    await world.cancel(jobId);
    await sleep(NOTICED_AFTER_MS);
  } finally {
    await connection`commit`;
    connection.release();
  }
}

async function isRowAwaited({ sql }: World): Promise<boolean> {
  const rows = await sql`
    select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%no key update%'`;
  return rows.length > 0;
}
