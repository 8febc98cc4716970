/**
 * Our queue with its lock beside graphile-worker and pg-boss alone: how soon a job runs, and how soon another worker goes on with one
 * whose worker was killed, at their defaults and tuned. What would take longer than a minute is not waited for, and said.
 *
 *   node perf/bench/peer-queues.ts [--quick]
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "#/testing/eventually.ts";
import { openCatalogues } from "./catalogues.ts";
import { openBareQueue, type QueueKind } from "./open-bare-queue.ts";
import { hearRuns, openEngine, waitForRuns, type Engine } from "./open-engine.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { spread } from "./take-turns.ts";

const LONGEST_MS = 90_000;
const TUNED_LEASE_SECONDS = 5;
const KINDS = ["pg-boss", "graphile-worker"] as const;

const seconds = (ms: number) =>
  Number.isNaN(ms) ? `not within ${LONGEST_MS / 1_000} s` : `${(ms / 1_000).toFixed(1)} s`;

/** All three in turns; ours goes on only once its run has ended, as the queue lets one through at a time. */
async function measurePickUp(bench: Bench): Promise<void> {
  const engine = await openEngine(bench, "pick_up");
  const { sources } = await openCatalogues(bench, 10);
  await engine.begin(sources.slice(0, 1));
  await engine.run();
  const pickUp = await hearRuns(engine);
  const bare = {
    "pg-boss": await openBareQueue(bench, { kind: "pg-boss" }),
    "graphile-worker": await openBareQueue(bench, { kind: "graphile-worker" }),
  };
  const times: Record<"ours" | QueueKind, number[]> = { ours: [], "pg-boss": [], "graphile-worker": [] };
  for (let round = -3; round < (bench.isQuick ? 15 : 101); round += 1) {
    const { jobId, ms } = await pickUp();
    await waitForRuns(engine, [jobId]);
    if (round >= 0) times.ours.push(ms);
    for (const kind of KINDS) {
      const took = await bare[kind].pickUp();
      if (round >= 0) times[kind].push(took);
    }
  }
  bench.note("from the commit of an entry until it is begun; ours has taken the lock and written its attempt by then:");
  for (const [who, values] of Object.entries(times)) bench.note(`  ${who}: ${spread(values, "ms")}`);
}

async function takeOver(bench: Bench, leaseSeconds?: number): Promise<number> {
  const engine = await openEngine(bench, `takeover_${leaseSeconds ?? "default"}`, leaseSeconds);
  await engine.begin([{ kind: "openrouter", url: await openSilence(bench) }]);
  await engine.startWorker();
  const jobId = await engine.trigger();
  await untilAttempt(engine, jobId, 1);
  // Either of the two has it.
  await killHolder(engine, jobId);
  const killedAt = performance.now();
  return untilAttempt(engine, jobId, 2)
    .then(() => performance.now() - killedAt)
    .catch(() => Number.NaN);
}

/** An address that takes a request and never answers. */
async function openSilence(bench: Bench): Promise<string> {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  bench.onClose("silence", () => server.closeAllConnections());
  bench.onClose("silent server", () => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function untilAttempt({ database: { sql } }: Engine, jobId: string, attempt: number): Promise<unknown> {
  return eventually(
    `attempt ${attempt} has begun`,
    async () => {
      const [job] = await sql<{ attempt: number }[]>`select attempt from pricing_sync_jobs where job_id = ${jobId}`;
      return (job?.attempt ?? 0) >= attempt;
    },
    LONGEST_MS,
  );
}

/** A worker is named after its host and its process. */
async function killHolder({ database: { sql } }: Engine, jobId: string): Promise<void> {
  const [job] = await sql<{ worker: string }[]>`select worker from pricing_sync_jobs where job_id = ${jobId}`;
  const pid = Number(/(\d+)$/.exec(job?.worker ?? "")?.[1]);
  if (!(pid > 1)) throw new Error(`nobody can be told from the worker's name "${job?.worker ?? ""}"`);
  process.kill(pid, "SIGKILL");
}

async function takeOverBare(bench: Bench, kind: QueueKind): Promise<number> {
  const queue = await openBareQueue(bench, { kind, isTuned: true });
  await queue.hang();
  await queue.worker.stop("SIGKILL");
  await queue.startWorker();
  const begun = queue.begun();
  const killedAt = performance.now();
  if (kind === "graphile-worker") await queue.age();
  const late = new Promise<number>((resolve) => setTimeout(resolve, LONGEST_MS, Number.NaN).unref());
  return (await Promise.race([begun, late])) - killedAt;
}

await runBench("Queues: ours, graphile-worker and pg-boss", async (bench) => {
  await measurePickUp(bench);
  bench.note("after kill -9 of the worker, until another has begun the job again:");
  bench.note(`ours, the lock of ${TUNED_LEASE_SECONDS} s: ${seconds(await takeOver(bench, TUNED_LEASE_SECONDS))}`);
  if (!bench.isQuick) bench.note(`ours, by default (a lock of 30 s): ${seconds(await takeOver(bench))}`);
  const boss = await takeOverBare(bench, "pg-boss");
  bench.note(`pg-boss with a heartbeat of 10 s (its least) and a look each second: ${seconds(boss)}`);
  bench.note(
    "pg-boss by default: not waited for; an entry expires after 15 min (`expireInSeconds`), and no heartbeat is set",
  );
  const unlocked = await takeOverBare(bench, "graphile-worker");
  bench.note(`graphile-worker, looking each second, the lock set back by 4 h by hand: ${seconds(unlocked)}`);
  bench.note("graphile-worker by default: not waited for; its SQL frees a lock after 4 h, and no setting changes that");
});
