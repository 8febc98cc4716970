import pMap from "p-map";
import { Pool } from "undici";
import { STACK_KEY } from "#/testing/open-stack.ts";
import { readMetrics } from "#/testing/read-metrics.ts";
import type { Bench } from "../bench/run-bench.ts";
import type { Fleet } from "./fleet.ts";

const REQUESTS = 10_000;
const CONNECTIONS = 16;
const PATH = "/v1/export/csv";

/** How many answers of a status all web processes have given to that export, by their own metrics. */
async function countAnswers({ webs }: Fleet, status: "200" | "304"): Promise<number> {
  const headers = { authorization: `Bearer ${STACK_KEY}` };
  const counts = await Promise.all(
    webs.map(async ({ url }) => {
      const scraped = readMetrics(await (await fetch(`${url}/metrics`, { headers })).text());
      const labels = { method: "GET", route: PATH, status };
      return scraped.value("ratebook_http_request_duration_seconds_count", labels) ?? 0;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Asks nginx for one export of one version 10,000 times, and counts what of that reaches Ratebook. */
export async function measureCache(
  bench: Bench,
  fleet: Fleet,
  { url, words }: Readonly<{ url: string; words: string }>,
): Promise<void> {
  await fleet.book.change();
  const before = { whole: await countAnswers(fleet, "200"), renewed: await countAnswers(fleet, "304") };
  const pool = new Pool(url, { connections: CONNECTIONS });
  const headers = { "accept-encoding": "br" };
  const start = performance.now();
  await pMap(
    Array.from({ length: REQUESTS }),
    async () => {
      const { statusCode, body } = await pool.request({ path: PATH, method: "GET", headers });
      await body.dump();
      if (statusCode !== 200) throw new Error(`nginx answered ${statusCode}`);
    },
    { concurrency: CONNECTIONS },
  );
  const seconds = (performance.now() - start) / 1_000;
  await pool.close();
  const whole = (await countAnswers(fleet, "200")) - before.whole;
  const renewed = (await countAnswers(fleet, "304")) - before.renewed;
  bench.report({ what: `of 10,000 requests reach Ratebook in full, ${words}`, value: whole, unit: "", most: 1 });
  bench.note(
    `${renewed.toLocaleString("en")} more were asked again by ETag and answered with 304, in ${seconds.toFixed(1)} s`,
  );
}
