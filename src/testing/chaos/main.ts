import { join } from "node:path";
import pMap from "p-map";
import { createRandom } from "#/market/random.ts";
import type { Fault } from "#/testing/chaos/fault.ts";
import { openChaosPostgres } from "#/testing/chaos/postgres.ts";
import { cancelled } from "#/testing/chaos/cancel-faults.ts";
import { wrongClock } from "#/testing/chaos/clock-faults.ts";
import { clientsCutOff } from "#/testing/chaos/client-faults.ts";
import { contenders } from "#/testing/chaos/contenders.ts";
import { crowded, outage, restarted, terminated } from "#/testing/chaos/database-faults.ts";
import { blackHole, deadConnections, latency, oneWay, reset } from "#/testing/chaos/network-faults.ts";
import { overtaken } from "#/testing/chaos/overtaken-faults.ts";
import { blocked, frozen, handedOver, killed } from "#/testing/chaos/process-faults.ts";
import { stoppedWithinRun } from "#/testing/chaos/role-faults.ts";
import { formatTable, listBreaches, type Row } from "#/testing/chaos/report.ts";
import { runFault } from "#/testing/chaos/run-fault.ts";
import { rolled } from "#/testing/chaos/rolling-faults.ts";
import { manyTriggers } from "#/testing/chaos/trigger-faults.ts";

const FAULTS: readonly Fault[] = [
  manyTriggers,
  rolled,
  killed,
  cancelled,
  contenders,
  frozen,
  blocked,
  overtaken,
  handedOver,
  stoppedWithinRun,
  wrongClock,
  blackHole,
  oneWay,
  reset,
  latency,
  clientsCutOff,
  deadConnections,
  restarted,
  outage,
  terminated,
  crowded,
];

const length = process.argv.includes("--short") ? "short" : "long";
// Of two or three rounds that share the machine, the slowest says nothing: times are promised by the long form.
const judged = { judgesTimes: length === "long" };
const seed = process.env["CHAOS_SEED"] ?? String(Math.floor(Math.random() * 1e9));
const only = findOption("--only=")?.split(",");
const programs = findOption("--programs=");
const wanted = FAULTS.filter(
  ({ name, longOnly }) =>
    (length === "long" || longOnly === undefined) && (only === undefined || only.some((part) => name.includes(part))),
);
const postgres = await openChaosPostgres(
  programs === undefined ? undefined : { initdb: join(programs, "initdb"), postgres: join(programs, "postgres") },
);
process.stdout.write(`chaos, ${length} form, Postgres ${postgres.version}, CHAOS_SEED=${seed}\n`);
try {
  const rows = [
    ...(await runAll(
      wanted.filter((fault) => isAlone(fault)),
      1,
    )),
    // Most of their time is waiting for a lease to end.
    ...(await runAll(
      wanted.filter((fault) => !isAlone(fault)),
      length === "short" ? 5 : 2,
    )),
  ];
  process.stdout.write(`\n${formatTable(rows)}\n`);
  process.exitCode = rows.every((row) => listBreaches(row, judged).length === 0) ? 0 : 1;
} finally {
  await postgres.close();
}

function findOption(name: string): string | undefined {
  return process.argv.find((argument) => argument.startsWith(name))?.slice(name.length);
}

function isAlone({ alone }: Fault): boolean {
  return alone === "always" || (alone === "long" && length === "long");
}

function runAll(faults: readonly Fault[], concurrency: number): Promise<Row[]> {
  return pMap(faults, runAndTell, { concurrency });
}

async function runAndTell(fault: Fault): Promise<Row> {
  const row = await runFault(fault, { postgres, random: createRandom(seed, fault.name), length });
  const breaches = listBreaches(row, judged);
  process.stdout.write(`${breaches.length === 0 ? "ok  " : "FAIL"} ${fault.name}, ${row.seconds.toFixed(1)} s\n`);
  for (const breach of breaches) process.stdout.write(`     ${breach}\n`);
  return row;
}
