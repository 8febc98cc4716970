/**
 * Times the main job on this machine and holds it against its budget: the first import, an unchanged re-sync, the
 * list of runs, and the memory of the processes at their highest (`VmHWM`, Linux). Everything is real: processes, Postgres, HTTP on loopback.
 *
 *   node perf/bench.ts                               a simulated market of about 10,900 offers
 *   node perf/bench.ts litellm=FILE models-dev=FILE  payload files of your own, by kind of source
 *
 * Exit code 1 when a budget is not kept.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMarket } from "#/market/open-market.ts";
import { FEED_PATHS } from "#/market/feed.ts";
import { openDatabase } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { startProcess, STACK_KEY, type StartedProcess } from "#/testing/open-stack.ts";

const MODELS = 655;
const BUDGET = { firstImportSeconds: 5, resyncSeconds: 1, allMebibytes: 768, workerMebibytes: 400, listMs: 20 };

type Closer = () => Promise<unknown>;
const closers: Closer[] = [];

/** kind -> address of its payload */
async function openFeeds(): Promise<Record<string, string>> {
  const files = new Map(process.argv.slice(2).map((pair) => pair.split("=", 2) as [string, string]));
  if (files.size === 0) {
    const market = await openMarket({ models: MODELS });
    closers.push(market.close);
    return Object.fromEntries(Object.entries(FEED_PATHS).map(([kind, path]) => [kind, market.url + path]));
  }
  const bodies = new Map<string, Buffer>();
  for (const [kind, file] of files) bodies.set(`/${kind}`, await readFile(file));
  const server = createServer((request, response) => response.end(bodies.get(request.url ?? "") ?? ""));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => server.close());
  const { port } = server.address() as AddressInfo;
  return Object.fromEntries([...files.keys()].map((kind) => [kind, `http://127.0.0.1:${port}/${kind}`]));
}

async function call<T>(url: string, procedure: string, input: unknown, method: "GET" | "POST"): Promise<T> {
  const query = method === "GET" ? `?input=${encodeURIComponent(JSON.stringify(input))}` : "";
  const response = await fetch(`${url}/api/trpc/${procedure}${query}`, {
    method,
    headers: { authorization: `Bearer ${STACK_KEY}`, "content-type": "application/json" },
    ...(method === "POST" ? { body: JSON.stringify(input) } : {}),
  });
  if (!response.ok) throw new Error(`${procedure} answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { result: { data: T } }).result.data;
}

type Sync = {
  status: string;
  durationSeconds: number;
  errorMessage: string | null;
  log: { counts: Record<string, number> }[];
};

async function syncOnce(url: string): Promise<{ seconds: number; sync: Sync }> {
  const start = performance.now();
  const { jobId } = await call<{ jobId: string }>(url, "syncs.trigger", {}, "POST");
  for (;;) {
    const sync = await call<Sync>(url, "syncs.get", { jobId }, "GET");
    if (sync.status !== "queued" && sync.status !== "running")
      return { seconds: (performance.now() - start) / 1000, sync };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The list's median over 50 requests, in ms, with 24 copies of the first import's run and of its result lines. */
async function medianOfList(url: string, databaseUrl: string): Promise<number> {
  const database = openDatabase(databaseUrl, { max: 1, name: "bench" });
  await database.sql.unsafe(`
    with first as (select * from pricing_sync_jobs order by triggered_at limit 1),
      copies as (select gen_random_uuid() as job_id from generate_series(1, 24)),
      jobs as (insert into pricing_sync_jobs (job_id, kind, input, status, triggered_by, started_at, completed_at, progress)
        select c.job_id, kind, input, status, triggered_by, started_at, completed_at, progress from first, copies c)
    insert into pricing_sync_results (job_id, source, result, fence)
      select c.job_id, r.source, r.result, r.fence from pricing_sync_results r join first using (job_id), copies c`);
  await database.close();
  const times: number[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    const start = performance.now();
    await call(url, "syncs.list", { limit: 25 }, "GET");
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[25] ?? Number.NaN;
}

function highestMebibytes({ child }: StartedProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

let kept = true;
function report(what: string, value: number, unit: string, budget: number): void {
  const ok = value <= budget;
  kept &&= ok;
  process.stdout.write(
    `${ok ? "ok  " : "OVER"}  ${what.padEnd(44)} ${value.toFixed(unit === "s" ? 2 : 0).padStart(7)} ${unit.padEnd(3)}  budget ${budget} ${unit}\n`,
  );
}

async function measure(roles: readonly ("all" | "web" | "worker")[], feeds: Record<string, string>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-bench-"));
  const postgres = await openEmbeddedPostgres(folder);
  const started: StartedProcess[] = [];
  try {
    for (const role of roles) {
      const env = {
        NODE_ENV: "production",
        LOG_LEVEL: "warn",
        ROLE: role,
        PORT: "0",
        HOST: "127.0.0.1",
        DATABASE_URL: postgres.url,
        RATEBOOK_DATA_DIR: folder,
        ADMIN_API_KEY: STACK_KEY,
        ALLOW_PRIVATE_NETWORK: "true",
      };
      started.push(await startProcess({ entry: "src/server.ts", ready: /ready at (\S+)|worker is ready/, env }));
    }
    const url = started[0]?.ready ?? "";
    for (const kind of Object.keys(FEED_PATHS))
      await call(url, "sources.disable", { name: kind, reason: "measured from the market" }, "POST");
    for (const [kind, address] of Object.entries(feeds))
      await call(url, "sources.add", { name: `bench-${kind}`, kind, url: address }, "POST");

    const first = await syncOnce(url);
    if (first.sync.status !== "success")
      throw new Error(`the first import ended as ${first.sync.status}: ${first.sync.errorMessage ?? ""}`);
    const offers = first.sync.log.reduce((sum, { counts }) => sum + (counts["offers"] ?? 0), 0);
    report(
      `ROLE=${roles.join(" + ")}: first import of ${offers} offers`,
      first.seconds,
      "s",
      BUDGET.firstImportSeconds,
    );
    const again = await syncOnce(url);
    report("unchanged re-sync", again.seconds, "s", BUDGET.resyncSeconds);
    report("a list of 25 runs that changed as much", await medianOfList(url, postgres.url), "ms", BUDGET.listMs);
    const last = started.at(-1);
    if (last === undefined) return;
    const budget = roles.includes("worker") ? BUDGET.workerMebibytes : BUDGET.allMebibytes;
    report(`memory of the ${roles.at(-1)} process, at its highest`, highestMebibytes(last), "MiB", budget);
  } finally {
    for (const process of started.toReversed()) await process.stop();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  const feeds = await openFeeds();
  await measure(["all"], feeds);
  await measure(["web", "worker"], feeds);
} finally {
  for (const close of closers) await close();
}
process.exitCode = kept ? 0 : 1;
