/**
 * Holds the main job against its budget on this machine: the first import, an unchanged re-sync, the list of runs, and the memory of
 * the processes at their highest (Linux). Everything is real: processes, Postgres, HTTP on loopback. Needs a build.
 *
 *   node perf/bench/budget.ts                               a simulated market of about 10,900 offers
 *   node perf/bench/budget.ts litellm=FILE models-dev=FILE  payload files of your own, by kind of source
 */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "#/testing/eventually.ts";
import { createStackApi, type StackApi } from "#/testing/stack-api.ts";
import { quantile } from "../quantile.ts";
import { readMemory } from "../read-memory.ts";
import { openCatalogues } from "./catalogues.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { timeOf } from "./take-turns.ts";

const MODELS = 655;
const BUDGET = { firstImportSeconds: 5, resyncSeconds: 1, allMebibytes: 768, workerMebibytes: 400, listMs: 20 };

type Sources = readonly Readonly<{ kind: string; url: string }>[];
type Role = "all" | "web" | "worker";

async function openSources(bench: Bench): Promise<Sources> {
  const files = process.argv.slice(2).filter((argument) => argument.includes("="));
  if (files.length === 0) return (await openCatalogues(bench, MODELS)).sources;
  const folder = join(bench.folder, "files");
  await mkdir(folder);
  const kinds: string[] = [];
  for (const argument of files) {
    const [kind = "", file = ""] = argument.split("=", 2);
    await copyFile(file, join(folder, kind));
    kinds.push(kind);
  }
  const served = { entry: "perf/processes/serve-folder.ts", args: [folder], ready: /ready at (\S+)/ };
  const { ready } = await bench.start(served);
  return kinds.map((kind) => ({ kind, url: `${ready}/${kind}` }));
}

type Sync = {
  status: string;
  errorMessage: string | null;
  log: { counts: Record<string, number> }[];
};

async function syncOnce(api: StackApi): Promise<{ seconds: number; sync: Sync }> {
  const start = performance.now();
  const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger");
  const sync = await eventually(
    "the sync has ended",
    async () => {
      const found = await api.query<Sync>("syncs.get", { jobId });
      return !/queued|running/.test(found.status) && found;
    },
    120_000,
  );
  return { seconds: (performance.now() - start) / 1_000, sync };
}

/** The list's median over 50 requests, in ms, with 24 copies of the first import's run and of its result lines. */
async function medianOfList(bench: Bench, api: StackApi, databaseUrl: string): Promise<number> {
  await bench.connect(databaseUrl).sql.unsafe(`
    with first as (select * from pricing_sync_jobs order by triggered_at limit 1),
      copies as (select gen_random_uuid() as job_id from generate_series(1, 24)),
      jobs as (insert into pricing_sync_jobs (job_id, kind, input, status, triggered_by, started_at, completed_at, progress)
        select c.job_id, kind, input, status, triggered_by, started_at, completed_at, progress from first, copies c)
    insert into pricing_sync_results (job_id, source, result, fence)
      select c.job_id, r.source, r.result, r.fence from pricing_sync_results r join first using (job_id), copies c`);
  const times: number[] = [];
  for (let turn = 0; turn < 50; turn += 1) times.push(await timeOf(() => api.query("syncs.list", { limit: 25 })));
  return quantile(times, 0.5);
}

async function measure(bench: Bench, roles: readonly Role[], sources: Sources): Promise<void> {
  const databaseUrl = await bench.createDatabase(`budget_${roles.join("_")}`);
  const servers = [];
  for (const role of roles) servers.push(await bench.startServer({ databaseUrl, role }));
  const api = createStackApi(servers[0]?.ready ?? "");
  await bench.connect(databaseUrl).sql`update sources set enabled = false`;
  for (const { kind, url } of sources) await api.mutate("sources.add", { name: `bench-${kind}`, kind, url });

  const first = await syncOnce(api);
  if (first.sync.status !== "success")
    throw new Error(`the first import ended as ${first.sync.status}: ${first.sync.errorMessage ?? ""}`);
  const offers = first.sync.log.reduce((sum, { counts }) => sum + (counts["offers"] ?? 0), 0);
  const what = `role ${roles.join(" + ")}: first import of ${offers} offers`;
  bench.report({ what, value: first.seconds, unit: "s", most: BUDGET.firstImportSeconds });
  const again = await syncOnce(api);
  bench.report({ what: "  unchanged re-sync", value: again.seconds, unit: "s", most: BUDGET.resyncSeconds });
  const listMs = await medianOfList(bench, api, databaseUrl);
  bench.report({ what: "  a list of 25 runs that changed as much", value: listMs, unit: "ms", most: BUDGET.listMs });
  const { highestMib } = await readMemory(servers.at(-1)?.child.pid ?? 0);
  const budget = roles.includes("worker") ? BUDGET.workerMebibytes : BUDGET.allMebibytes;
  const memory = `  memory of the ${roles.at(-1)} process, at its highest`;
  bench.report({ what: memory, value: highestMib, unit: "MiB", most: budget });
  for (const server of servers.toReversed()) await server.stop();
}

await runBench("The main job against its budget", async (bench) => {
  const sources = await openSources(bench);
  await measure(bench, ["all"], sources);
  await measure(bench, ["web", "worker"], sources);
});
