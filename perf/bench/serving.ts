/**
 * Times what gateways ask for against floors in the same run: HTTP against a bare Fastify that sends the same bytes, SQL against the
 * same SQL through the driver alone. Real processes, Postgres and sockets on loopback. Needs a build.
 *
 *   node perf/bench/serving.ts [--quick]
 */
import { brotliDecompressSync } from "node:zlib";
import type { Database } from "#/platform/database.ts";
import { load, type Load } from "../load.ts";
import { quantile } from "../quantile.ts";
import { fetchRaw, makeKey, openBook, startBare } from "./bare-answers.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { timeOf } from "./take-turns.ts";

const TARGET = { lookup: 0.5, lookupP99Ms: 5, notModified: 0.6, export: 0.7, page: 1.5, snapshotMib: 200 };

type Asked = Readonly<{ url: string; headers?: Record<string, string> }>;

/** In turns, so that both meet the same machine, and once before that, so that both are warm; answers the medians. */
async function compare({ isQuick }: Bench, ours: Asked, floor: Asked): Promise<{ ours: Load; floor: Load }> {
  const runs: { ours: Load; floor: Load }[] = [];
  const [rounds, seconds] = isQuick ? [3, 1] : [5, 3];
  for (const one of [floor, ours]) await load({ ...one, seconds: 1 });
  for (let round = 0; round < rounds; round += 1)
    runs.push({ floor: await load({ ...floor, seconds }), ours: await load({ ...ours, seconds }) });
  const sorted = runs.toSorted((a, b) => a.ours.perSecond / a.floor.perSecond - b.ours.perSecond / b.floor.perSecond);
  const middle = sorted[Math.floor(rounds / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

const each = ({ perSecond }: Load) => `${Math.round(perSecond).toLocaleString("en")}/s`;

async function measureHttp(bench: Bench): Promise<void> {
  const { databaseUrl } = await openBook(bench, "small", { rates: 10_000 });
  const web = (await bench.startServer({ databaseUrl, role: "web" })).ready;
  const headers = { authorization: `Bearer ${await makeKey(web)}` };
  const lookup = "/v1/prices?seller=seller-7&model=vendor/model-4567&variant=default";
  const document = "/v1/export/litellm";
  const packed = { ...headers, "accept-encoding": "br" };
  const bare = (await startBare(bench, web, packed, [lookup, document])).ready;

  const one = await compare(bench, { url: web + lookup, headers }, { url: `${bare}/v1/prices`, headers });
  bench.report({
    what: `one rate by key (${each(one.ours)}) against bare bytes (${each(one.floor)})`,
    value: one.ours.perSecond / one.floor.perSecond,
    unit: "x",
    least: TARGET.lookup,
  });
  bench.report({
    what: "one rate by key, p99 at 16 connections",
    value: one.ours.p99Ms,
    unit: "ms",
    most: TARGET.lookupP99Ms,
  });
  for (const path of [document, "/v1/prices?limit=1000"]) {
    const { etag } = await fetchRaw(web + path, headers);
    const asking = { headers: { ...headers, "if-none-match": etag } };
    const known = await compare(bench, { url: web + path, ...asking }, { url: `${bare}/304`, ...asking });
    bench.report({
      what: `304 of ${path} (${each(known.ours)}) against a bare 304 (${each(known.floor)})`,
      value: known.ours.perSecond / known.floor.perSecond,
      unit: "x",
      least: TARGET.notModified,
    });
  }
  const whole = await compare(
    bench,
    { url: web + document, headers: packed },
    { url: bare + document, headers: packed },
  );
  bench.report({
    what: `an export of 10,000 rates, compressed (${each(whole.ours)}) against bare bytes (${each(whole.floor)})`,
    value: whole.ours.perSecond / whole.floor.perSecond,
    unit: "x",
    least: TARGET.export,
  });
}

/** Every page once, so that none comes from an earlier answer; against the statement of the same page through the driver alone. */
async function measurePages(bench: Bench): Promise<void> {
  const { databaseUrl, database } = await openBook(bench, "large", { rates: 100_000 });
  const web = (await bench.startServer({ databaseUrl, role: "web" })).ready;
  const headers = { authorization: `Bearer ${await makeKey(web)}`, "accept-encoding": "br" };
  // Once before it counts, so that both are warm; the second walk's addresses are new, so that no answer is an earlier one.
  await readPages(database, `${web}/v1/prices?limit=1000&walk=1`, headers);
  const { ours, floor } = await readPages(database, `${web}/v1/prices?limit=1000&walk=2`, headers);
  const [mine, bare] = [quantile(ours, 0.5), quantile(floor, 0.5)];
  bench.report({
    what: `a page of 1,000 of 100,000 (${mine.toFixed(1)} ms) against its bare SQL (${bare.toFixed(1)} ms)`,
    value: mine / bare,
    unit: "x",
    most: TARGET.page,
  });
  await measureSnapshot(bench, databaseUrl);
}

/** Every page from the first to the last, until its last byte has come, and after each the same one by SQL; answers their times in milliseconds. */
async function readPages(
  { sql }: Database,
  address: string,
  headers: Record<string, string>,
): Promise<{ ours: number[]; floor: number[] }> {
  const [ours, floor]: [number[], number[]] = [[], []];
  let after: readonly [string, string] = ["", ""];
  for (let cursor: string | null = ""; cursor !== null;) {
    const target: string = address + (cursor === "" ? "" : `&cursor=${cursor}`);
    let bytes = Buffer.alloc(0);
    ours.push(await timeOf(async () => void (bytes = (await fetchRaw(target, headers)).raw)));
    const page = JSON.parse(brotliDecompressSync(bytes).toString()) as {
      prices: { model: string; seller: string }[];
      next_cursor: string | null;
    };
    floor.push(
      await timeOf(
        () => sql`
          select seller, model, variant, state, charges, origins, valid_from from rates
          where version_to is null and valid_to is null and valid_from <= clock_timestamp()
            and (model, seller, variant <> 'default', variant) > (${after[0]}, ${after[1]}, false, 'default')
          order by model, seller, variant <> 'default', variant limit 1000`,
      ),
    );
    const last = page.prices.at(-1);
    if (last !== undefined) after = [last.model, last.seller];
    cursor = page.next_cursor;
  }
  return { ours, floor };
}

/** What the present book takes in memory, after a collection. */
async function measureSnapshot(bench: Bench, databaseUrl: string): Promise<void> {
  const { ready } = await bench.start({
    entry: "perf/processes/snapshot-memory.ts",
    args: [databaseUrl],
    ready: /MiB (\S+)/,
  });
  bench.report({
    what: "memory of the prices in force of 100,000 rates",
    value: Number(ready),
    unit: "MiB",
    most: TARGET.snapshotMib,
  });
}

await runBench("What gateways ask for", async (bench) => {
  await measureHttp(bench);
  await measurePages(bench);
});
