/**
 * Times a first import per offer, of 1,000, 10,000 and 100,000 offers, each in a new database with a worker of its own.
 *
 *   node perf/bench/scale.ts            some minutes
 *   node perf/bench/scale.ts --quick    without the largest
 */
import { quantile } from "../quantile.ts";
import { readMemory } from "../read-memory.ts";
import { openCatalogues } from "./catalogues.ts";
import { openEngine } from "./open-engine.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { spread } from "./take-turns.ts";

const TARGET = { ratio: 1.3, mib: 768 };

type Import = Readonly<{ offers: number; perOffer: number; mib: number }>;

async function measure(bench: Bench, models: number, rounds: number): Promise<Import> {
  const { sources } = await openCatalogues(bench, models);
  const { begin, run, worker } = await openEngine(bench, `scale_${models}`);
  const times: number[] = [];
  let offers = 0;
  // The first meets a process that has just started, and counts for nothing but its memory.
  for (let round = 0; round <= rounds; round += 1) {
    await begin(sources);
    const imported = await run();
    ({ offers } = imported);
    if (round > 0) times.push((imported.ms * 1_000) / offers);
  }
  bench.note(`${offers.toLocaleString("en")} offers: ${spread(times, "µs")} an offer`);
  const { highestMib } = await readMemory(worker.child.pid ?? 0);
  await worker.stop();
  return { offers, perOffer: quantile(times, 0.5), mib: highestMib };
}

await runBench("A first import by its size", async (bench) => {
  const small = await measure(bench, 60, 5);
  for (const models of bench.isQuick ? [600] : [600, 6_000]) {
    const large = await measure(bench, models, models > 600 ? 1 : 3);
    const what = `${large.offers.toLocaleString("en")} offers, an offer, against one of ${small.offers.toLocaleString("en")}`;
    bench.report({ what, value: large.perOffer / small.perOffer, unit: "x", most: TARGET.ratio });
    bench.report({ what: "  the worker's memory at its highest", value: large.mib, unit: "MiB", most: TARGET.mib });
  }
});
