/**
 * Times triggers over HTTP, 50 at once, against a bare route that writes the same rows in one transaction. Needs a build.
 *
 *   node perf/bench/trigger.ts [--quick]
 */
import { Agent, request } from "undici";
import { STACK_KEY } from "#/testing/open-stack.ts";
import { quantile } from "../quantile.ts";
import { runBench } from "./run-bench.ts";
import { reportRatio, takeTurns, timeOf } from "./take-turns.ts";

const AT_ONCE = 50;
const TARGET = { ratio: 1.5, p99Ms: 100 };

await runBench(`Triggers over HTTP, ${AT_ONCE} at once`, async (bench) => {
  const server = await bench.startServer({ databaseUrl: await bench.createDatabase("triggers"), role: "web" });
  const bare = await bench.start({
    entry: "perf/processes/bare-trigger.ts",
    args: [await prepareFloor()],
    ready: /ready at (\S+)/,
  });
  const agent = new Agent({ connections: AT_ONCE });
  bench.onClose("connections", () => agent.close());
  const answers = { ours: [] as number[], floor: [] as number[] };

  /** Half the answers took at most so long. */
  async function askAll(url: string, keep: number[] = []): Promise<number> {
    const times = await Promise.all(Array.from({ length: AT_ONCE }, () => timeOf(() => trigger(url))));
    keep.push(...times);
    return quantile(times, 0.5);
  }
  async function trigger(url: string): Promise<void> {
    const headers = { authorization: `Bearer ${STACK_KEY}`, "content-type": "application/json" };
    const answer = await request(url, { method: "POST", headers, body: "{}", dispatcher: agent });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`a trigger was answered ${answer.statusCode}: ${text}`);
  }
  /** A database of its own, in which the queue is there as our server makes it. */
  async function prepareFloor(): Promise<string> {
    const databaseUrl = await bench.createDatabase("bare_triggers");
    await (await bench.startServer({ databaseUrl, role: "worker" })).stop();
    return databaseUrl;
  }

  const turns = await takeTurns(
    { rounds: bench.isQuick ? 9 : 31, warmUps: 5 },
    {
      floor: (round) => askAll(`${bare.ready}/trigger`, round < 0 ? [] : answers.floor),
      ours: (round) => askAll(`${server.ready}/admin/pricing/scheduler/trigger`, round < 0 ? [] : answers.ours),
    },
  );
  reportRatio(bench, turns, {
    what: "the answer to a trigger, p50",
    ours: "ours",
    floor: "a bare route",
    unit: "ms",
    most: TARGET.ratio,
  });
  bench.report({
    what: "the answer to a trigger, p99",
    value: quantile(answers.ours, 0.99),
    unit: "ms",
    most: TARGET.p99Ms,
  });
  bench.note(`of the bare route ${quantile(answers.floor, 0.99).toFixed(0)} ms`);
});
