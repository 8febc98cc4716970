/**
 * Times an event from its commit to 1,000 watchers over HTTP, and weighs a watcher that waits. The floor is tRPC alone: a subscription
 * that yields what a notification brings. How far tRPC itself is above a bare server that writes as many bytes to as many responses is
 * printed beside it, as is what a watcher of each takes. Needs a build.
 *
 *   node perf/bench/watchers.ts [--quick]
 */
import { appendEvent } from "#/sync/events/append-event.ts";
import { eventually } from "#/testing/eventually.ts";
import type { StartedProcess } from "#/testing/open-stack.ts";
import { createAudience, queueJob } from "./audience.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { reportRatio, takeTurns } from "./take-turns.ts";

const WATCHERS = 1_000;
const TARGET = { ratio: 1.3, memoryRatio: 1.3 };
const CHANNEL = "bench_event";

/** MiB that are left after a collection. */
async function readHeap(server: StartedProcess): Promise<number> {
  const said = () => [...server.output().matchAll(/heap ([\d.]+) MiB/g)];
  const count = said().length;
  server.child.kill("SIGUSR2");
  await eventually("the server has said what it holds", async () => said().length > count);
  return Number(said().at(-1)?.[1]);
}

type Audience = Awaited<ReturnType<typeof openAudience>>;

/** Watchers of one server, and the KiB that each of them takes there while it waits. */
async function openAudience(bench: Bench, server: StartedProcess, path: string) {
  const audience = createAudience(WATCHERS);
  bench.onClose("watchers", async () => audience.close());
  // One first, so that what is loaded once is no watcher's.
  await audience.open(server.ready + path, 1);
  const before = await readHeap(server);
  await audience.open(server.ready + path, WATCHERS - 1);
  const after = await readHeap(server);
  return { ...audience, kib: ((after - before) * 1_024) / (WATCHERS - 1) };
}

await runBench(`${WATCHERS.toLocaleString("en")} watchers`, async (bench) => {
  const databaseUrl = await bench.createDatabase("watchers");
  const database = bench.connect(databaseUrl);
  const env = { NODE_OPTIONS: "--import ./perf/processes/watch-heap.ts" };
  const [args, ready] = [[databaseUrl, CHANNEL], /ready at (\S+)/];
  const server = await bench.startServer({ databaseUrl, role: "web", env });
  const trpc = await bench.start({ entry: "perf/processes/trpc-streams.ts", args, ready, env });
  const bare = await bench.start({ entry: "perf/processes/bare-streams.ts", args, ready, env });
  const jobId = await queueJob(bench, databaseUrl);
  const ours = await openAudience(bench, server, "/api/trpc/syncs.watch?input={}");
  const ofTrpc = await openAudience(bench, trpc, "/api/trpc/watch");
  const ofBare = await openAudience(bench, bare, "/");

  const eventOf = (round: number) => ({
    message: `event ${round} ${"of a sync ".repeat(10)}`,
    status: "running" as const,
  });
  const notify = (round: number) =>
    database.sql.notify(
      CHANNEL,
      JSON.stringify({ id: String(round), jobId, at: "", kind: "progress", data: eventOf(round) }),
    );
  const append = (round: number) =>
    database.db.transaction((tx) => appendEvent(tx, { jobId, kind: "progress", data: eventOf(round) }));
  const hear = (audience: Audience, say: (round: number) => Promise<unknown>) => (round: number) =>
    audience.hear(`event ${round} `, () => say(round));
  const rounds = { rounds: bench.isQuick ? 9 : 41, warmUps: 3 };
  reportRatio(bench, await takeTurns(rounds, { floor: hear(ofTrpc, notify), ours: hear(ours, append) }), {
    what: "an event from its commit to all watchers, p95",
    ours: "ours",
    floor: "tRPC alone",
    unit: "ms",
    most: TARGET.ratio,
  });
  reportRatio(bench, await takeTurns(rounds, { floor: hear(ofBare, notify), ours: hear(ofTrpc, notify) }), {
    what: "the same of tRPC alone, for information",
    ours: "tRPC alone",
    floor: "a bare NOTIFY and open responses",
    unit: "ms",
  });
  bench.report({
    what: "memory of a watcher that waits, collected",
    value: ours.kib / ofTrpc.kib,
    unit: "x",
    most: TARGET.memoryRatio,
  });
  const [mine, itsOwn, least] = [ours, ofTrpc, ofBare].map(({ kib }) => kib.toFixed(0));
  bench.note(`ours ${mine} KiB; tRPC alone ${itsOwn} KiB; a bare open response ${least} KiB`);
});
