/**
 * Many clients at once, for long enough that what grows is seen; in turns with a bare server that sends the same, since both wait for
 * processors that the clients take. Needs a build.
 *
 *   node perf/bench/crowd.ts            two minutes
 *   node perf/bench/crowd.ts --quick    half a minute
 */
import { eventually } from "#/testing/eventually.ts";
import type { StartedProcess } from "#/testing/open-stack.ts";
import { load } from "../load.ts";
import { fetchRaw, makeKey, openBook, startBare } from "./bare-answers.ts";
import { runBench, type Bench } from "./run-bench.ts";

const CLIENTS = 200;
const LOOP_MS = 50;

async function measureCrowd(bench: Bench): Promise<void> {
  const { databaseUrl } = await openBook(bench, "crowd", { rates: 10_000 });
  const watched = { NODE_OPTIONS: "--import ./perf/processes/watch-loop.ts" };
  const web = await bench.startServer({ databaseUrl, role: "web", env: watched });
  const headers = { authorization: `Bearer ${await makeKey(web.ready)}`, "accept-encoding": "br" };
  const path = "/v1/export/litellm";
  const bare = await startBare(bench, web.ready, headers, [path], watched);
  const { etag } = await fetchRaw(web.ready + path, headers);
  const whole = bench.isQuick ? 10 : 60;
  const seconds = whole / 4;
  const crowd = async (server: StartedProcess, known: string) => {
    const half = { connections: CLIENTS / 2, seconds };
    await Promise.all([
      load({ url: server.ready + path, headers, ...half }),
      load({ url: server.ready + known, headers: { ...headers, "if-none-match": etag }, ...half }),
    ]);
    return readLoop(server);
  };
  // What happened while it started is no answer to the crowd.
  for (const server of [web, bare]) await readLoop(server);
  const [ours, floor]: [Reading[], Reading[]] = [[], []];
  for (let quarter = 0; quarter < 4; quarter += 1) {
    floor.push(await crowd(bare, "/304"));
    ours.push(await crowd(web, path));
  }
  const worst = (readings: readonly Reading[]) => Math.max(...readings.map(({ loopMs }) => loopMs));
  bench.report({
    what: `longest delay of the event loop under ${CLIENTS} clients for ${whole} s (a bare server: ${worst(floor).toFixed(1)} ms)`,
    value: worst(ours),
    unit: "ms",
    most: Math.max(LOOP_MS, worst(floor)),
  });
  const [first, ...later] = ours;
  const grown = Math.max(...later.map(({ mib }) => mib)) - (first?.mib ?? Number.NaN);
  bench.report({
    what: `memory that grew after the first quarter of it (${first?.mib ?? 0} MiB)`,
    value: grown,
    unit: "MiB",
    most: 32,
  });
}

type Reading = Readonly<{ loopMs: number; mib: number }>;

/** How late a watched server's event loop was at most since it was last asked, and its memory. */
async function readLoop(server: StartedProcess): Promise<Reading> {
  const said = () => [...server.output().matchAll(/loop ([\d.]+) ms, (\d+) MiB/g)];
  const before = said().length;
  server.child.kill("SIGUSR2");
  await eventually("the server has said how late it was", async () => said().length > before);
  const [, loopMs, mib] = said().at(-1) ?? [];
  return { loopMs: Number(loopMs), mib: Number(mib) };
}

await runBench("A crowd of clients", measureCrowd);
