import { TAKEOVER_TARGET_MS, type Fault } from "#/testing/chaos/fault.ts";
import { databaseNow, findHolderAtRandom, takeoverMs } from "#/testing/chaos/takeover.ts";
import type { Server, World } from "#/testing/chaos/world.ts";

const HOUR_MS = 3_600_000;

// Every instant that a run writes down, and how far it may lie from the database's own time.
const STRAY_INSTANTS = `
  select what || ' at ' || at as stray from (
    select 'history observed' as what, observed_at as at from model_pricing_history union all
    select 'history effective', effective_at from model_pricing_history union all
    select 'price observed', observed_at from model_pricing union all
    select 'log started', started_at from pricing_sync_log union all
    select 'log completed', completed_at from pricing_sync_log union all
    select 'event', at from pricing_sync_events union all
    select 'job triggered', triggered_at from pricing_sync_jobs union all
    select 'job started', started_at from pricing_sync_jobs union all
    select 'job completed', completed_at from pricing_sync_jobs union all
    select 'lease ends', expires_at from pricing_sync_lock union all
    select 'source seen', observed_at from sources union all
    select 'source succeeded', last_success_at from sources) instants
  where abs(extract(epoch from at - clock_timestamp())) > 1800`;

/** Two workers whose clocks are two hours apart and both wrong; each is killed while it holds the lease. */
export const wrongClock: Fault = {
  name: "worker's clock an hour off",
  async run({ random, length }, world) {
    const rounds = length === "long" ? 6 : 1;
    const shifts = new Map<Server, number>();
    const startShifted = async (shiftMs: number) => shifts.set(await startWithClock(world, shiftMs), shiftMs);
    await Promise.all([startShifted(HOUR_MS), startShifted(-HOUR_MS)]);
    const ms: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { server, fence } = await findHolderAtRandom(world, random);
      const since = await databaseNow(world.sql);
      await world.stopServer(server, "SIGKILL");
      ms.push(await takeoverMs(world.sql, since, fence));
      await startShifted(shifts.get(server) ?? HOUR_MS);
    }
    await world.allEnded();
    const strays = await world.sql.unsafe<{ stray: string }[]>(STRAY_INSTANTS);
    return {
      rounds,
      failures: strays.map(({ stray }) => `an instant follows the worker's clock: ${stray}`),
      times: [{ what: "takeover", ms, p95TargetMs: TAKEOVER_TARGET_MS }],
    };
  },
};

function startWithClock(world: World, shiftMs: number): Promise<Server> {
  return world.startServer("worker", {
    NODE_OPTIONS: "--import=./src/testing/chaos/shift-date.ts",
    CHAOS_DATE_SHIFT_MS: String(shiftMs),
  });
}
