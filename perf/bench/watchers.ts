/**
 * Times an event from its commit to 1,000 watchers over HTTP, against a bare server that is notified and writes as many bytes to as
 * many responses, and weighs a watcher that waits. Needs a build.
 *
 *   node perf/bench/watchers.ts [--quick]
 */
import { Agent, get, type IncomingMessage } from "node:http";
import { createLog } from "#/platform/log.ts";
import { openQueues } from "#/platform/queue.ts";
import { appendEvent } from "#/sync/events/append-event.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { triggerSync } from "#/sync/jobs/trigger-sync.ts";
import { eventually } from "#/testing/eventually.ts";
import { STACK_KEY, type StartedProcess } from "#/testing/open-stack.ts";
import { quantile } from "../quantile.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { reportRatio, takeTurns } from "./take-turns.ts";

const WATCHERS = 1_000;
const TARGET = { ratio: 3, kib: 40 };
const CHANNEL = "bench_event";

/** Events belong to a job; no worker runs it here. */
async function queueJob(bench: Bench, databaseUrl: string): Promise<string> {
  const { db } = bench.connect(databaseUrl);
  const queues = await openQueues({ url: databaseUrl, log: createLog("silent") });
  bench.onClose("queues", queues.close);
  const actor = { kind: "system", id: "bench", label: "bench", role: "admin" } as const;
  return (await triggerSync({ db, queue: await queues.open(SYNC_QUEUE) }, actor, {})).jobId;
}

async function readHeap(server: StartedProcess): Promise<{ heap: number; resident: number }> {
  const said = () => [...server.output().matchAll(/heap ([\d.]+) MiB, resident ([\d.]+) MiB/g)];
  const count = said().length;
  server.child.kill("SIGUSR2");
  await eventually("the server has said what it holds", async () => said().length > count);
  const [, heap, resident] = said().at(-1) ?? [];
  return { heap: Number(heap), resident: Number(resident) };
}

/** Open streams that all hear the same. */
function createAudience() {
  const agent = new Agent({ keepAlive: true, maxSockets: WATCHERS });
  const streams: IncomingMessage[] = [];
  let expected = "";
  let heardAt: number[] = [];
  let onAll: () => void = () => {};

  function openOne(url: string): Promise<void> {
    const headers = { authorization: `Bearer ${STACK_KEY}`, accept: "text/event-stream" };
    return new Promise((resolve, reject) => {
      get(url, { agent, headers }, (stream) => {
        if (stream.statusCode !== 200) return reject(new Error(`a watcher was answered ${stream.statusCode}`));
        streams.push(stream);
        stream.setEncoding("utf8");
        stream.on("data", (piece: string) => {
          if (expected === "" || !piece.includes(expected)) return;
          heardAt.push(performance.now());
          if (heardAt.length === streams.length) onAll();
        });
        // It is destroyed at the end.
        stream.on("error", () => {});
        resolve();
      }).on("error", reject);
    });
  }
  return {
    async open(url: string, count: number): Promise<void> {
      for (let opened = 0; opened < count; opened += 50)
        await Promise.all(Array.from({ length: Math.min(50, count - opened) }, () => openOne(url)));
    },
    /** Milliseconds from the end of `say` until 95 of 100 have heard it. */
    async hear(text: string, say: () => Promise<unknown>): Promise<number> {
      const all = Promise.withResolvers<void>();
      [expected, heardAt, onAll] = [text, [], all.resolve];
      await say();
      const saidAt = performance.now();
      await all.promise;
      return quantile(
        heardAt.map((at) => at - saidAt),
        0.95,
      );
    },
    close() {
      for (const stream of streams) stream.destroy();
      agent.destroy();
    },
  };
}

await runBench(`${WATCHERS.toLocaleString("en")} watchers`, async (bench) => {
  const databaseUrl = await bench.createDatabase("watchers");
  const database = bench.connect(databaseUrl);
  const server = await bench.startServer({
    databaseUrl,
    role: "web",
    env: { NODE_OPTIONS: "--import ./perf/processes/watch-heap.ts" },
  });
  const bare = await bench.start({
    entry: "perf/processes/bare-streams.ts",
    args: [databaseUrl, CHANNEL],
    ready: /ready at (\S+)/,
  });
  const jobId = await queueJob(bench, databaseUrl);
  const ours = createAudience();
  const theirs = createAudience();
  // One of each first, so that what is loaded once is no watcher's.
  await ours.open(`${server.ready}/api/trpc/syncs.watch?input={}`, 1);
  const before = await readHeap(server);
  await ours.open(`${server.ready}/api/trpc/syncs.watch?input={}`, WATCHERS - 1);
  const after = await readHeap(server);
  await theirs.open(bare.ready, WATCHERS);
  bench.onClose("watchers", async () => [ours, theirs].forEach((audience) => audience.close()));

  const eventOf = (round: number) => ({
    message: `event ${round} ${"of a sync ".repeat(10)}`,
    status: "running" as const,
  });
  const turns = await takeTurns(
    { rounds: bench.isQuick ? 9 : 41, warmUps: 3 },
    {
      floor: (round) =>
        theirs.hear(`event ${round} `, () =>
          database.sql.notify(
            CHANNEL,
            JSON.stringify({ id: "1", jobId, at: "", kind: "progress", data: eventOf(round) }),
          ),
        ),
      ours: (round) =>
        ours.hear(`event ${round} `, () =>
          database.db.transaction((tx) => appendEvent(tx, { jobId, kind: "progress", data: eventOf(round) })),
        ),
    },
  );
  reportRatio(bench, turns, {
    what: "an event from its commit to all watchers, p95",
    ours: "ours",
    floor: "a bare NOTIFY and open responses",
    unit: "ms",
    most: TARGET.ratio,
  });
  const kib = (which: "heap" | "resident") => ((after[which] - before[which]) * 1_024) / (WATCHERS - 1);
  bench.report({
    what: "memory of a watcher that waits, collected",
    value: kib("heap"),
    unit: "KiB",
    most: TARGET.kib,
  });
  bench.note(`resident memory grew by ${kib("resident").toFixed(0)} KiB a watcher, with what is not collected yet`);
});
