/**
 * Times a trigger on a database that is 10 ms away, with statements that a session keeps by name, against the same without names, as
 * behind a pooler. What is saved are ways to the database, so a busy machine hardly matters.
 *
 *   node perf/bench/distance.ts [--quick]
 */
import { openDatabase } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { openQueues } from "#/platform/queue.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { triggerSync } from "#/sync/jobs/trigger-sync.ts";
import { openFaultProxy } from "#/testing/fault-proxy.ts";
import { runBench } from "./run-bench.ts";
import { reportRatio, takeTurns, timeOf } from "./take-turns.ts";

const TARGET = 0.75;
const THERE_AND_BACK_MS = 10;
const ACTOR = { kind: "system", id: "bench", label: "bench", role: "admin" } as const;

await runBench(`A database ${THERE_AND_BACK_MS} ms away`, async (bench) => {
  const databaseUrl = await bench.createDatabase("distance");
  const queues = await openQueues({ url: databaseUrl, log: createLog("silent") });
  bench.onClose("queues", queues.close);
  const queue = await queues.open(SYNC_QUEUE);
  const place = new URL(databaseUrl);
  const port = Number(place.port);
  const proxy = await openFaultProxy(() => port);
  bench.onClose("proxy", proxy.close);
  proxy.setMode({ kind: "latency", ms: THERE_AND_BACK_MS / 2 });
  place.port = String(proxy.port);

  const openSide = (isPooled: boolean) => {
    place.searchParams.set("pgbouncer", String(isPooled));
    const { db, close } = openDatabase(place.href, { max: 1, name: "distance" });
    bench.onClose("distant database", close);
    return () => timeOf(() => triggerSync({ db, queue }, ACTOR, {}));
  };
  const turns = await takeTurns(
    { rounds: bench.isQuick ? 15 : 61, warmUps: 3 },
    { ours: openSide(false), floor: openSide(true) },
  );
  reportRatio(bench, turns, {
    what: "a trigger",
    ours: "by name",
    floor: "without names",
    unit: "ms",
    most: TARGET,
  });
});
