/**
 * Times a run of four catalogues with 12,000 offers, in a worker's process, against floors that do the least that any program has to do:
 * a first import, a sync of the same bytes, and one in which one offer in a hundred has another price.
 *
 *   node perf/bench/import.ts [--quick]
 */
import { createHash } from "node:crypto";
import type { Sql } from "postgres";
import { parseLossless } from "#/sources/lossless-json.ts";
import { openCatalogues, type Catalogues } from "./catalogues.ts";
import { emptyCopies, prepareCopies } from "./copy-floor.ts";
import { openEngine, type Engine } from "./open-engine.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { reportRatio, spread, takeTurns, timeOf } from "./take-turns.ts";

/** So many make about 12,000 offers. */
const MODELS = 720;
const TARGET = { first: 3, same: 1.5, changed: 3 };

/** All at once, as a run of ours fetches several. */
function fetchAll({ sources }: Catalogues): Promise<string[]> {
  return Promise.all(sources.map(async ({ url }) => (await fetch(url)).text()));
}

async function measureFirst(bench: Bench, engine: Engine, catalogues: Catalogues): Promise<void> {
  const { sql } = engine.database;
  const copy = await prepareCopies(sql);
  const turns = await takeTurns(
    { rounds: bench.isQuick ? 3 : 9 },
    {
      async floor() {
        await emptyCopies(sql);
        return timeOf(async () => {
          for (const text of await fetchAll(catalogues)) JSON.parse(text);
          await copy();
        });
      },
      async ours() {
        await engine.begin(catalogues.sources);
        return (await engine.run()).ms;
      },
    },
  );
  reportRatio(bench, turns, {
    what: "first import of 12,000 offers",
    ours: "a run",
    floor: "fetch, JSON.parse and COPY of the same rows",
    unit: "ms",
    most: TARGET.first,
  });
}

async function measureSame(bench: Bench, engine: Engine, catalogues: Catalogues): Promise<void> {
  const turns = await takeTurns(
    { rounds: bench.isQuick ? 5 : 21, warmUps: 3 },
    {
      floor: () =>
        timeOf(async () => {
          for (const text of await fetchAll(catalogues)) createHash("sha256").update(text).digest("hex");
        }),
      ours: async () => (await engine.run()).ms,
    },
  );
  reportRatio(bench, turns, {
    what: "a sync of the same bytes",
    ours: "a run",
    floor: "fetch and SHA-256",
    unit: "ms",
    most: TARGET.same,
  });
}

async function measureChanged(bench: Bench, engine: Engine, catalogues: Catalogues): Promise<void> {
  const { sql } = engine.database;
  let changed = 0;
  const update = await prepareUpdate(sql);
  const turns = await takeTurns(
    { rounds: bench.isQuick ? 4 : 14, warmUps: 2 },
    {
      async floor(round) {
        await catalogues.publish(round % 2 === 0 ? catalogues.changed : catalogues.documents);
        return timeOf(async () => {
          for (const text of await fetchAll(catalogues)) JSON.parse(text);
          await update();
        });
      },
      async ours() {
        const run = await engine.run();
        ({ changed } = run);
        if (changed === 0) throw new Error("no price has changed");
        return run.ms;
      },
    },
  );
  reportRatio(bench, turns, {
    what: `a sync in which ${changed} prices changed`,
    ours: "a run",
    floor: "fetch, JSON.parse and one UPDATE of those rows",
    unit: "ms",
    most: TARGET.changed,
  });
  await noteReading(bench, catalogues);
}

/** A part of every run with other bytes: prices are never read as floats, so that JSON.parse is no way to do it. */
async function noteReading(bench: Bench, { documents }: Catalogues): Promise<void> {
  const texts = Object.values(documents);
  const exact: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    exact.push(await timeOf(async () => texts.map((text) => parseLossless(text))));
    bare.push(await timeOf(async () => texts.map((text) => JSON.parse(text) as unknown)));
  }
  bench.note(
    `reading these documents alone: ${spread(exact, "ms")} without losing a digit, ${spread(bare, "ms")} by JSON.parse`,
  );
}

/** One offer in a hundred, in the copied table. */
async function prepareUpdate(sql: Sql): Promise<() => Promise<unknown>> {
  const rows = await sql<{ id: string; charges: string }[]>`
    select id::text as id, charges::text as charges from copied_model_pricing where state = 'priced' and id % 100 = 0`;
  const ids = rows.map(({ id }) => id);
  const charges = rows.map((row) => row.charges);
  return () => sql`
    update copied_model_pricing p set charges = n.charges::jsonb, effective_at = clock_timestamp(), observed_at = clock_timestamp()
    from unnest(${ids}::bigint[], ${charges}::text[]) as n(id, charges) where p.id = n.id`;
}

await runBench("Imports against copying and fetching alone", async (bench) => {
  const catalogues = await openCatalogues(bench, MODELS);
  const engine = await openEngine(bench, "import");
  await engine.begin(catalogues.sources);
  const cold = await engine.run();
  bench.note(
    `the first import of a process that has just started: ${cold.offers} offers, ${cold.held} held, ${cold.ms.toFixed(0)} ms`,
  );
  await measureFirst(bench, engine, catalogues);
  await measureSame(bench, engine, catalogues);
  await measureChanged(bench, engine, catalogues);
});
