/**
 * A worker that has nothing but its queue, woken by LISTEN; its handler says at once that it has begun. An entry that says `hangs` is
 * never done. `tuned` makes a dead worker's entry come back as soon as the queue allows it.
 *
 *   node perf/processes/bare-queue.ts pg-boss|graphile-worker DATABASE_URL [tuned]
 */
import { run } from "graphile-worker";
import { PgBoss } from "pg-boss";
import postgres from "postgres";
import { z } from "zod";

const [, , kind = "", url = "", form = ""] = process.argv;
const QUEUE = "bench";
const isTuned = form === "tuned";
const entry = z.object({ id: z.string(), hangs: z.boolean().optional() });
const sql = postgres(url, { max: 1 });

async function handle(data: unknown): Promise<void> {
  const { id, hangs = false } = entry.parse(data);
  await sql.notify("bench_started", id);
  if (hangs) await new Promise(() => {});
}

async function startBoss(): Promise<void> {
  const boss = new PgBoss({
    connectionString: url,
    useListenNotify: true,
    ...(isTuned ? { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 } : {}),
  });
  await boss.start();
  await boss.createQueue(QUEUE, { notify: true, ...(isTuned ? { heartbeatSeconds: 10, retryDelay: 0 } : {}) });
  await boss.work(QUEUE, ([job]) => handle(job?.data));
}

async function startGraphile(): Promise<void> {
  await run({
    connectionString: url,
    concurrency: 1,
    noHandleSignals: true,
    taskList: { [QUEUE]: handle },
    ...(isTuned ? { minResetLockedInterval: 1_000, maxResetLockedInterval: 1_000 } : {}),
  });
}

await (kind === "pg-boss" ? startBoss() : startGraphile());
process.stdout.write("the queue is worked\n");
