import { appendEvent } from "#/sync/events/append-event.ts";
import { createAudience, queueJob } from "../bench/audience.ts";
import { fetchRaw, makeKey, openBook } from "../bench/bare-answers.ts";
import type { Bench } from "../bench/run-bench.ts";
import { load } from "../load.ts";
import { quantile } from "../quantile.ts";

const PROCESSES = [1, 2, 4] as const;
const CONNECTIONS = 16;
const WATCHERS = 1_000;

/** What 1, 2 and 4 web processes answer together, each asked directly by one client that shares the machine with them. */
export async function measureProcesses(bench: Bench): Promise<void> {
  const { databaseUrl } = await openBook(bench, "processes", { rates: 10_000 });
  const jobId = await queueJob(bench, databaseUrl);
  const urls: string[] = [];
  let headers: Record<string, string> = {};
  for (const count of PROCESSES) {
    while (urls.length < count) urls.push((await bench.startServer({ databaseUrl, role: "web" })).ready);
    if (count === 1) headers = { authorization: `Bearer ${await makeKey(urls[0] ?? "")}`, "accept-encoding": "br" };
    const { etag } = await fetchRaw(`${urls[0]}/v1/export/litellm`, headers);
    const lookup = "/v1/prices?seller=seller-7&model=vendor/model-4567&variant=default";
    const lookups = await loadAll(bench, urls, { path: lookup, headers });
    const exports = await loadAll(bench, urls, { path: "/v1/export/litellm", headers });
    const unchanged = await loadAll(bench, urls, {
      path: "/v1/export/litellm",
      headers: { ...headers, "if-none-match": etag },
    });
    const what = count === 1 ? "1 web process" : `${count} web processes`;
    bench.report({ what: `lookups a second, ${what}`, value: lookups, unit: "" });
    bench.report({ what: `exports of 10,000 rates a second, ${what}`, value: exports, unit: "" });
    bench.report({ what: `304s a second, ${what}`, value: unchanged, unit: "" });
    bench.report({
      what: `an event until ${WATCHERS.toLocaleString("en")} watchers have it, p95, ${what}`,
      value: await timeEvents(bench, { databaseUrl, jobId, urls }),
      unit: "ms",
    });
  }
}

type Watched = Readonly<{ databaseUrl: string; jobId: string; urls: readonly string[] }>;

/** From the commit of an event until 95 of 100 watchers have it, who are spread over the processes: the median of some events. */
async function timeEvents(bench: Bench, { databaseUrl, jobId, urls }: Watched): Promise<number> {
  const { db } = bench.connect(databaseUrl);
  const audience = createAudience(WATCHERS);
  try {
    for (const url of urls) await audience.open(`${url}/api/trpc/syncs.watch?input={}`, WATCHERS / urls.length);
    const times: number[] = [];
    for (let count = 0; count < (bench.isQuick ? 5 : 21); count += 1) {
      const message = `event ${count} of ${urls.length} processes`;
      const event = { jobId, kind: "progress", data: { message, status: "running" } } as const;
      times.push(await audience.hear(message, () => db.transaction((tx) => appendEvent(tx, event))));
    }
    return quantile(times, 0.5);
  } finally {
    audience.close();
  }
}

type Asked = Readonly<{ path: string; headers: Record<string, string> }>;

async function loadAll({ isQuick }: Bench, urls: readonly string[], { path, headers }: Asked): Promise<number> {
  const connections = CONNECTIONS / urls.length;
  // Each has its answer in memory then.
  for (const url of urls) await fetchRaw(url + path, headers);
  const loads = await Promise.all(
    urls.map((url) => load({ url: url + path, headers, connections, seconds: isQuick ? 1 : 4 })),
  );
  return loads.reduce((sum, { perSecond }) => sum + perSecond, 0);
}
