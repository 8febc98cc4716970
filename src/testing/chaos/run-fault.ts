import { describeWaits } from "#/testing/chaos/describe-waits.ts";
import type { Deps, Fault, Outcome } from "#/testing/chaos/fault.ts";
import type { Row } from "#/testing/chaos/report.ts";
import { openWorld, type World } from "#/testing/chaos/world.ts";

const NOTHING_DONE: Outcome = { rounds: 0 };

/** Does one fault's damage in a world of its own and judges what it left. What goes wrong is a finding, not an exception. */
export async function runFault({ name, run }: Fault, deps: Deps): Promise<Row> {
  const startMs = performance.now();
  const world = await openWorld(deps.postgres, name);
  try {
    const failures: string[] = [];
    const {
      rounds,
      times = [],
      failures: own = [],
    } = await run(deps, world).catch(async (error: unknown) => {
      failures.push(`it could not go on: ${String(error)}`, ...(await describeWaits(world.sql)));
      return NOTHING_DONE;
    });
    failures.push(...own, ...listDead(world));
    await world.settle().catch(async (error: unknown) => {
      failures.push(`the last sync did not end: ${String(error)}`, ...(await describeWaits(world.sql)));
    });
    const verdict = await world.judge();
    failures.push(...(await world.listWrongRates()));
    return { fault: name, rounds, verdict, times, failures, seconds: (performance.now() - startMs) / 1_000 };
  } finally {
    await world.close();
  }
}

function listDead(world: World): string[] {
  return world
    .servers()
    .filter(({ process: { child } }) => child.exitCode !== null || child.signalCode !== null)
    .map(({ process: { output } }) => `a process that nobody stopped has ended: ${output().slice(-500)}`);
}
