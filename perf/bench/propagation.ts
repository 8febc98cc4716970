/**
 * Times a change of a price from its commit until every one of four servers answers it, beside a bare notification. Needs a build.
 *
 *   node perf/bench/propagation.ts [--quick]
 */
import { setPin } from "#/book/set-pin.ts";
import { quantile } from "../quantile.ts";
import { makeKey, openBook } from "./bare-answers.ts";
import { runBench, type Bench } from "./run-bench.ts";

const PROCESSES = 4;
const TARGET_MS = 250;

async function measurePropagation(bench: Bench): Promise<void> {
  const { databaseUrl, database } = await openBook(bench, "spread", { rates: 1_000 });
  const webs: string[] = [];
  for (let index = 0; index < PROCESSES; index += 1)
    webs.push((await bench.startServer({ databaseUrl, role: "web" })).ready);
  const headers = { authorization: `Bearer ${await makeKey(webs[0] ?? "")}` };
  const actor = { kind: "system", id: "bench", label: "bench", role: "admin" } as const;
  const target = { seller: "acme", model: "spread/one", variant: "default", reason: "measured" };
  const bare: number[] = [];
  let notifiedAt = 0;
  await database.sql.listen("bench", () => bare.push(performance.now() - notifiedAt));
  const times: number[] = [];
  for (let write = 0; write < (bench.isQuick ? 20 : 100); write += 1) {
    const amount = `0.000001${String(write).padStart(3, "0")}1`;
    await setPin(database.db, actor, { ...target, charges: [{ meter: "input", unit: "token", amount }] });
    const committedAt = performance.now();
    const answered = webs.map(async (web) => {
      const url = `${web}/v1/prices?model=spread/one&n=${write}`;
      while (!(await (await fetch(url, { headers })).text()).includes(amount)) await new Promise(setImmediate);
      return performance.now() - committedAt;
    });
    times.push(...(await Promise.all(answered)));
    notifiedAt = performance.now();
    await database.sql.notify("bench", "");
  }
  const floor = quantile(bare, 0.95);
  bench.report({
    what: `a change is answered by ${PROCESSES} servers, p95 (a bare NOTIFY: ${floor.toFixed(1)} ms)`,
    value: quantile(times, 0.95),
    unit: "ms",
    most: TARGET_MS,
  });
}

await runBench("A change that every server answers", measurePropagation);
