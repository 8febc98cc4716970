/**
 * Times how soon a job that was committed runs, against pg-boss alone that is woken by LISTEN, and the gap between runs that wait in
 * the queue. Real worker processes.
 *
 *   node perf/bench/queue.ts [--quick]
 */
import { quantile } from "../quantile.ts";
import { openCatalogues } from "./catalogues.ts";
import { openBareQueue } from "./open-bare-queue.ts";
import { hearRuns, openEngine, waitForRuns, type Engine } from "./open-engine.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { reportRatio, spread, takeTurns } from "./take-turns.ts";

const TARGET = { pickUp: 2, gapMs: 100 };
/** A catalogue that is read at once. */
const MODELS = 10;

async function measurePickUp(bench: Bench, engine: Engine): Promise<void> {
  const floor = await openBareQueue(bench, { kind: "pg-boss" });
  const pickUp = await hearRuns(engine);
  const turns = await takeTurns(
    { rounds: bench.isQuick ? 15 : 101, warmUps: 5 },
    {
      floor: () => floor.pickUp(),
      async ours() {
        const { jobId, ms } = await pickUp();
        await waitForRuns(engine, [jobId]);
        return ms;
      },
    },
  );
  reportRatio(bench, turns, {
    what: "from the commit of a trigger to running",
    ours: "ours",
    floor: "pg-boss alone",
    unit: "ms",
    most: TARGET.pickUp,
  });
}

async function measureGaps(bench: Bench, engine: Engine): Promise<void> {
  const jobIds: string[] = [];
  for (let turn = 0; turn < (bench.isQuick ? 20 : 100); turn += 1) jobIds.push(await engine.trigger());
  await waitForRuns(engine, jobIds);
  const rows = await engine.database.sql<{ ms: number }[]>`
    select extract(epoch from started_at - lag(completed_at) over (order by started_at))::float8 * 1000 as ms
    from pricing_sync_jobs where job_id = any(${jobIds}::uuid[])`;
  const gaps = rows.slice(1).map(({ ms }) => ms);
  bench.report({
    what: "the gap between queued runs, p95",
    value: quantile(gaps, 0.95),
    unit: "ms",
    most: TARGET.gapMs,
  });
  bench.note(`gaps ${spread(gaps, "ms")}`);
}

await runBench("From the queue to a run", async (bench) => {
  const { sources } = await openCatalogues(bench, MODELS);
  const engine = await openEngine(bench, "queue");
  await engine.begin(sources.slice(0, 1));
  await engine.run();
  await measurePickUp(bench, engine);
  await measureGaps(bench, engine);
});
