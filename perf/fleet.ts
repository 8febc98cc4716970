/**
 * Several web processes on one database, behind nginx with `deploy/nginx.conf`: eight readers ask for exports while prices change, one
 * process is killed and the other cut off from the database; then how much of 10,000 requests reaches Ratebook, what readers get when all
 * processes are stopped, and what 1, 2 and 4 processes answer together, events to 1,000 watchers among it. Needs a build, and nginx.
 *
 *   npm run perf:fleet                a few minutes
 *   npm run perf:fleet -- --quick     fewer changes and shorter loads
 *
 * Exit code 1 when a target is missed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "#/market/random.ts";
import { runBench, type Bench } from "./bench/run-bench.ts";
import { measureCache } from "./fleet/cache.ts";
import { measureChanges, openReaders, reportReaders, timeChange, timeUntil } from "./fleet/changes.ts";
import { openFleet, type Fleet } from "./fleet/fleet.ts";
import { findNginx, startNginx } from "./fleet/nginx.ts";
import { measureProcesses } from "./fleet/processes.ts";
import { openReader } from "./fleet/reader.ts";
import { printHelp } from "./print-help.ts";
import { quantile } from "./quantile.ts";

printHelp(import.meta.url);

const ALONE_MS = 5_000;

/** All processes are killed; whoever asks goes on with what nginx has. */
async function measureAlone(bench: Bench, { webs, book }: Fleet, url: string): Promise<void> {
  const readers = openReaders(url);
  await timeChange(book, readers);
  for (const web of webs) await web.kill();
  const before = readers.reduce((sum, reader) => sum + reader.answers(), 0);
  await sleep(ALONE_MS);
  const answers = readers.reduce((sum, reader) => sum + reader.answers(), 0) - before;
  for (const reader of readers) await reader.stop();
  bench.note(`all web processes are killed; ${answers.toLocaleString("en")} answers since, from nginx alone`);
  bench.report({ what: "answers without any web process", value: answers, unit: "", least: 1 });
  reportReaders(bench, readers, book);
}

/** What of that is Ratebook's own time: readers of one process and readers of nginx, at the same changes. */
async function measureDirect(bench: Bench, { book, webs, key }: Fleet, url: string): Promise<void> {
  const direct = [openReader({ url: webs[0].url, format: "csv", encoding: "br", key })];
  const behind = [openReader({ url, format: "csv", encoding: "br" })];
  const times: { direct: number; behind: number }[] = [];
  for (let count = 0; count < (bench.isQuick ? 5 : 20); count += 1) {
    const change = await book.change();
    const [ofDirect, ofBehind] = await Promise.all([timeUntil(change, direct), timeUntil(change, behind)]);
    times.push({ direct: ofDirect, behind: ofBehind });
  }
  for (const reader of [...direct, ...behind]) await reader.stop();
  const middle = (of: "direct" | "behind") =>
    quantile(
      times.map((time) => time[of]),
      0.5,
    ).toFixed(0);
  bench.note(
    `a change until one reader has it: median ${middle("direct")} ms of a process itself, ${middle("behind")} ms of nginx`,
  );
}

/** The other setting that the file has: an answer counts until the end of the second. */
async function measureSeconds(bench: Bench, { book }: Fleet, url: string): Promise<void> {
  const readers = openReaders(url);
  const random = createRandom("fleet seconds", bench.seed);
  const times: number[] = [];
  for (let count = 0; count < (bench.isQuick ? 5 : 30); count += 1) {
    times.push(await timeChange(book, readers));
    await sleep(random.integer(0, 1_000));
  }
  for (const reader of readers) await reader.stop();
  const [p95, most] = [quantile(times, 0.95), Math.max(...times)];
  bench.note(
    `a change until all readers have it, kept for a second: p95 ${p95.toFixed(0)} ms, most ${most.toFixed(0)} ms`,
  );
}

async function measureFleet(bench: Bench, program: string): Promise<void> {
  const fleet = await openFleet(bench);
  const { folder } = bench;
  const webs = fleet.webs.map(({ url }) => url);
  const nginx = await startNginx(program, { folder, webs, key: fleet.key });
  bench.onClose("nginx", nginx.stop);
  const slower = await startNginx(program, { folder, webs, key: fleet.key, keepsASecond: true });
  bench.onClose("nginx that keeps answers for a second", slower.stop);
  await measureDirect(bench, fleet, nginx.gatewaysUrl);
  await measureChanges(bench, fleet, nginx.gatewaysUrl);
  await measureCache(bench, fleet, { url: nginx.gatewaysUrl, words: "always asked anew" });
  await measureCache(bench, fleet, { url: slower.gatewaysUrl, words: "kept for a second" });
  await measureSeconds(bench, fleet, slower.gatewaysUrl);
  await measureAlone(bench, fleet, nginx.gatewaysUrl);
}

const program = findNginx();
if (program === undefined) {
  process.stderr.write("nginx is not installed, and the fleet stands behind one: apt-get install nginx-light\n");
  process.exitCode = 1;
} else {
  await runBench("A fleet behind nginx", (bench) => measureFleet(bench, program));
  await runBench("Several web processes", measureProcesses);
}
