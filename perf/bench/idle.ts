/**
 * Measures what a server of role `all` takes that has nothing to do, with 12,000 prices in memory. Needs a build, and Linux.
 *
 *   node perf/bench/idle.ts            four minutes
 *   node perf/bench/idle.ts --quick    half a minute
 */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fillRates } from "#/testing/fill-rates.ts";
import { readMemory } from "../read-memory.ts";
import { runBench } from "./run-bench.ts";

const TARGET = { percentOfCore: 0.5, statements: 5, mib: 220 };
/** The kernel counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Processor time of a process so far, of itself and in the kernel. */
async function readTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name may have spaces; what follows it does not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

await runBench("A server of role all that has nothing to do", async (bench) => {
  const databaseUrl = await bench.createDatabase("idle");
  const { db, sql } = bench.connect(databaseUrl);
  await fillRates(db, { rates: 12_000 });
  const server = await bench.startServer({ databaseUrl, role: "all" });
  await sql`update sources set enabled = false`;
  const queues = await bench.start({
    entry: "perf/processes/idle-queues.ts",
    args: [await bench.createEmptyDatabase("queues")],
    ready: /are worked/,
  });
  const pids = [server, queues].map(({ child }) => child.pid ?? 0);
  async function countStatements(): Promise<number> {
    const [row] = await sql<{ count: number }[]>`
      select xact_commit::float8 as count from pg_stat_database where datname = current_database()`;
    return row?.count ?? 0;
  }
  // What a start leaves to be done is over by then; its garbage is collected a minute and a half later.
  await sleep(bench.isQuick ? 10_000 : 120_000);
  const before = await Promise.all(pids.map(readTicks));
  const asked = await countStatements();
  const seconds = bench.isQuick ? 20 : 90;
  await sleep(seconds * 1_000);
  const after = await Promise.all(pids.map(readTicks));
  const [ours = 0, bare = 0] = after.map((ticks, index) => (ticks - (before[index] ?? 0)) / TICKS_PER_SECOND / seconds);
  bench.report({ what: "processor time", value: ours * 100, unit: "% of a core", most: TARGET.percentOfCore });
  bench.report({
    what: "statements",
    value: ((await countStatements()) - asked) / seconds,
    unit: "a second",
    most: TARGET.statements,
  });
  bench.note(`a process that looks after pg-boss's two queues alone takes ${(bare * 100).toFixed(2)} %`);
  const { mib } = await readMemory(server.child.pid ?? 0);
  bench.report({ what: "memory", value: mib, unit: "MiB", most: TARGET.mib });
});
