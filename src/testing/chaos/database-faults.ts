import { setTimeout as sleep } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import type { Random } from "#/market/random.ts";
import type { ChaosPostgres } from "#/testing/chaos/postgres.ts";
import type { Fault } from "#/testing/chaos/fault.ts";
import { startTwoWorkers } from "#/testing/chaos/process-faults.ts";
import { findHolderAtRandom, keepBacklog, recoveryMs } from "#/testing/chaos/takeover.ts";
import { TTL_SECONDS, type World } from "#/testing/chaos/world.ts";

/** The most that it may take, once the database is there again, until a run goes on. */
const RECOVERY_TARGET_MS = 5_000;

type Away = Readonly<{
  name: string;
  long: number;
  short: number;
  awayMs: (random: Random, isLong: boolean) => number;
  longOnly?: true;
}>;

function stopDatabase({ name, long, short, awayMs, ...form }: Away): Fault {
  return {
    name,
    alone: "always",
    ...form,
    async run({ postgres: server, random, length }, world) {
      const rounds = length === "long" ? long : short;
      await startTwoWorkers(world);
      const ms: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await findHolderAtRandom(world, random);
        await server.stop();
        await sleep(awayMs(random, length === "long"));
        await server.start();
        ms.push(await recoveryMs(world));
      }
      return { rounds, times: [{ what: "recovery", ms, p95TargetMs: RECOVERY_TARGET_MS }] };
    },
  };
}

export const restarted = stopDatabase({
  name: "database restarted",
  long: 20,
  short: 1,
  awayMs: (random, isLong) => (isLong ? random.integer(0, 300) : random.integer(0, 3_000)),
});

export const outage = stopDatabase({
  name: "database away",
  longOnly: true,
  long: 2,
  short: 1,
  awayMs: () => 10_000,
});

export const terminated: Fault = {
  name: "connections terminated all the time",
  async run({ random, length }, world) {
    const rounds = length === "long" ? 40 : 3;
    await startTwoWorkers(world);
    for (let round = 0; round < rounds; round += 1) {
      await keepBacklog(world, 2);
      await sleep(random.integer(100, 900));
      await terminateAll(world);
    }
    return {
      rounds,
      times: [
        {
          what: "recovery",
          ms: [await recoveryMs(world)],
          p95TargetMs: RECOVERY_TARGET_MS,
        },
      ],
    };
  },
};

export const crowded: Fault = {
  name: "no connection left",
  alone: "always",
  longOnly: true,
  async run({ postgres: server, random }, world) {
    const rounds = 4;
    await startTwoWorkers(world);
    const ms: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await findHolderAtRandom(world, random);
      const leave = await takeAllConnections(server, world);
      await sleep((TTL_SECONDS + 1) * 1_000);
      await leave();
      ms.push(await recoveryMs(world));
    }
    return { rounds, times: [{ what: "recovery", ms, p95TargetMs: RECOVERY_TARGET_MS }] };
  },
};

async function terminateAll(world: World): Promise<void> {
  await world.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'ratebook%'`;
}

/** Takes every connection the server has, those of the workers too, which then find no free one. */
async function takeAllConnections(server: ChaosPostgres, world: World): Promise<() => Promise<void>> {
  const crowd: Sql[] = [];
  const takeWhatIsFree = async () => {
    for (let isFree = true; isFree;) {
      const some = Array.from({ length: 20 }, () =>
        postgres(world.urlOn(server.port()), { max: 1, idle_timeout: 0, connection: { application_name: "crowd" } }),
      );
      crowd.push(...some);
      const taken = await Promise.all(
        some.map((one) =>
          one`select 1`.then(
            () => true,
            () => false,
          ),
        ),
      );
      isFree = taken.every(Boolean);
    }
  };
  await takeWhatIsFree();
  await terminateAll(world);
  await takeWhatIsFree();
  return async () => void (await Promise.all(crowd.map((one) => one.end({ timeout: 1 }))));
}
