import { randomUUID } from "node:crypto";
import { makeWorkerUtils } from "graphile-worker";
import { PgBoss } from "pg-boss";
import type { StartedProcess } from "#/testing/open-stack.ts";
import type { Bench } from "./run-bench.ts";

export type QueueKind = "pg-boss" | "graphile-worker";

export type BareQueue = Readonly<{
  /** Milliseconds from the commit of an entry until its handler has begun. */
  pickUp: () => Promise<number>;
  /** Hands out an entry that is never done. */
  hang: () => Promise<void>;
  /** Settles when an entry is begun. */
  begun: () => Promise<number>;
  worker: StartedProcess;
  startWorker: () => Promise<StartedProcess>;
  /** Sets the locks of graphile-worker back to where it frees them. */
  age: () => Promise<void>;
}>;

const QUEUE = "bench";

/** A queue in a database of its own, with a worker in a process of its own that does nothing else. */
export async function openBareQueue(
  bench: Bench,
  { kind, isTuned = false }: Readonly<{ kind: QueueKind; isTuned?: boolean }>,
): Promise<BareQueue> {
  const name = `bare_${kind.replace("-", "_")}${isTuned ? "_tuned" : ""}`;
  const databaseUrl = await bench.createEmptyDatabase(name);
  const args = [kind, databaseUrl, ...(isTuned ? ["tuned"] : [])];
  const startWorker = () => bench.start({ entry: "perf/processes/bare-queue.ts", args, ready: /is worked/ });
  const worker = await startWorker();
  const send = await openSender(bench, kind, databaseUrl);
  let onBegun: (at: number) => void = () => {};
  const { sql } = bench.connect(databaseUrl);
  await sql.listen("bench_started", () => onBegun(performance.now()));
  const begun = () => new Promise<number>((resolve) => (onBegun = resolve));
  return {
    worker,
    startWorker,
    begun,
    async age() {
      await sql`
        update graphile_worker._private_jobs set locked_at = now() - interval '4 hours 1 second', run_at = now()
        where locked_at is not null`;
    },
    async pickUp() {
      const begins = begun();
      await send({ id: randomUUID() });
      const committedAt = performance.now();
      return (await begins) - committedAt;
    },
    async hang() {
      const begins = begun();
      await send({ id: randomUUID(), hangs: true });
      await begins;
    },
  };
}

async function openSender(
  bench: Bench,
  kind: QueueKind,
  databaseUrl: string,
): Promise<(data: object) => Promise<unknown>> {
  if (kind === "pg-boss") {
    const boss = new PgBoss({ connectionString: databaseUrl, supervise: false, schedule: false });
    await boss.start();
    bench.onClose("pg-boss", () => boss.stop({ graceful: false }));
    return (data) => boss.send(QUEUE, data);
  }
  const utils = await makeWorkerUtils({ connectionString: databaseUrl });
  bench.onClose("graphile-worker", () => utils.release());
  return (data) => utils.addJob(QUEUE, data);
}
