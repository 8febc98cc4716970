import { createRandom } from "#/market/random.ts";
import type { Deps, Fault } from "#/testing/chaos/fault.ts";
import { openChaosPostgres } from "#/testing/chaos/postgres.ts";
import { killed } from "#/testing/chaos/process-faults.ts";
import { formatTable, listBreaches, type Row } from "#/testing/chaos/report.ts";
import { openWorld } from "#/testing/chaos/world.ts";

const FAULTS: readonly Fault[] = [killed];

const length = process.argv.includes("--short") ? "short" : "long";
const seed = process.env["CHAOS_SEED"] ?? String(Math.floor(Math.random() * 1e9));
const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);
const wanted = FAULTS.filter(({ name }) => only === undefined || name.includes(only));
process.stdout.write(`chaos, ${length} form, CHAOS_SEED=${seed}\n`);

async function runFault(fault: Fault, deps: Deps): Promise<Row> {
  const startMs = performance.now();
  const world = await openWorld(deps.postgres, fault.name);
  try {
    const { rounds, times = [], failures = [] } = await fault.run(deps, world);
    const verdict = await world.judge();
    return { fault: fault.name, rounds, verdict, times, failures, seconds: (performance.now() - startMs) / 1000 };
  } finally {
    await world.close();
  }
}

const postgres = await openChaosPostgres();
const rows: Row[] = [];
try {
  for (const fault of wanted) {
    const row = await runFault(fault, { postgres, random: createRandom(seed, fault.name), length });
    rows.push(row);
    const breaches = listBreaches(row);
    process.stdout.write(`${breaches.length === 0 ? "ok  " : "FAIL"} ${fault.name}, ${row.seconds.toFixed(1)} s\n`);
    for (const breach of breaches) process.stdout.write(`     ${breach}\n`);
  }
} finally {
  await postgres.close();
}
process.stdout.write(`\n${formatTable(rows)}\n`);
process.exitCode = rows.every((row) => listBreaches(row).length === 0) ? 0 : 1;
