import { readFile } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createLog } from "#/platform/log.ts";
import { rescueJobs } from "#/sync/jobs/rescue-jobs.ts";
import type { Worker } from "#/sync/run/worker.ts";
import { openDoors } from "#/testing/open-doors.ts";
import { evaluateQuery, readQuery } from "#/testing/prometheus-query.ts";
import { readMetrics, type Scraped } from "#/testing/read-metrics.ts";
import { failed, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

/** The labels that Prometheus gives what it scrapes, and its own word on whether the scrape succeeded. */
const TARGET = { job: "ratebook", instance: "ratebook:3000" };

const rulesFile = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const dashboardFile = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() })),
});

const ERRORS = 'ratebook_http_request_duration_seconds_count{method="GET",route="/v1/prices",status="500"}';

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let rules: z.infer<typeof rulesFile>["groups"][number]["rules"];
let before: Scraped;
let worker: Worker;

beforeAll(async () => {
  rules = rulesFile.parse(parse(await readFile("docs/alerts.yml", "utf8"))).groups.flatMap((group) => group.rules);
  world = await openSyncWorld({ leaseMs: 3_000 });
  // What only a server that serves measures is in its registry as well.
  doors = await openDoors(world, { metrics: world.metrics });
  await world.db.execute(sql`update sources set enabled = false`);
});
afterAll(async () => {
  await doors.close();
  await world.close();
});
beforeEach(async () => {
  before = await scrape();
});

async function scrape(): Promise<Scraped> {
  return readMetrics(`${(await world.metrics.scrape()).text}\n# TYPE up gauge\nup 1\n`);
}

/** As Prometheus keeps it. `altered` stands in for samples that no test can bring about. */
function asScraped(scraped: Scraped, altered: Readonly<Record<string, number>> = {}): Scraped {
  const samples: Scraped["samples"] = (name) =>
    scraped
      .samples(name)
      .map(({ labels, value }) => ({ labels: { ...labels, ...TARGET }, value: altered[name] ?? value }));
  return { ...scraped, samples };
}

/** The alerts whose condition holds now, compared with the beginning of the test. */
async function holding(altered?: Readonly<Record<string, number>>): Promise<string[]> {
  const scrapes = { before: asScraped(before), after: asScraped(await scrape(), altered) };
  return rules.filter(({ expr }) => evaluateQuery(expr, scrapes).length > 0).map(({ alert }) => alert);
}

test("every metric and label that the alerts and the dashboard name is measured", async () => {
  const { panels } = dashboardFile.parse(JSON.parse(await readFile("docs/grafana-dashboard.json", "utf8")));
  const shown = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
  const queries = [...rules.map(({ alert, expr }) => ({ title: alert, expr })), ...shown];
  const known = new Map<string, readonly string[]>([["up", []]]);
  for (const { name, type, labels } of world.metrics.catalogue()) {
    known.set(name, labels);
    if (type === "histogram") for (const part of ["count", "sum"]) known.set(`${name}_${part}`, labels);
    if (type === "histogram") known.set(`${name}_bucket`, [...labels, "le"]);
  }
  expect(queries.length).toBeGreaterThan(30);
  for (const { title, expr } of queries) {
    const { series, labels } = readQuery(expr.replaceAll("$__rate_interval", "5m"));
    expect(series, title).not.toEqual([]);
    for (const name of series) {
      expect(known.has(name), `${title} names ${name}`).toBe(true);
      const allowed = [...(known.get(name) ?? []), ...Object.keys(TARGET)];
      expect(
        labels.filter((label) => !allowed.includes(label)),
        title,
      ).toEqual([]);
    }
  }
});

test("the page that explains the metrics has a line for each of ours, with its type and its labels, and no other", async () => {
  const page = await readFile("docs/observability.md", "utf8");
  const explained = [...page.matchAll(/^\| `(ratebook_\w+)` \| (\w+) \| ([^|]*)\|/gm)].map(
    ([, name, type, labels]) => ({
      name,
      type,
      labels: labels?.match(/\w+/g) ?? [],
    }),
  );
  const measured = world.metrics
    .catalogue()
    .filter(({ name }) => name.startsWith("ratebook_"))
    .map(({ name, type, labels }) => ({ name, type, labels: [...labels] }));
  const byName = (some: { name?: string | undefined }, other: { name?: string | undefined }) =>
    (some.name ?? "").localeCompare(other.name ?? "");
  expect(explained.toSorted(byName)).toEqual(measured.toSorted(byName));
});

test("the alert for a server without a worker holds until a worker lives, and then none does", async () => {
  expect(await holding()).toEqual(["RatebookNoWorker"]);
  worker = await world.startWorker("worker/1");
  await world.addSource("steady", () => fetched(openrouterDocument({ "acme/a": ["0.000001", "0.000002"] })));
  expect(await world.ended((await world.trigger({ sources: ["steady"] })).jobId)).toMatchObject({ status: "success" });
  expect(await holding()).toEqual([]);
});

test("a partial sync raises two alerts, for the sync and for its source, and a failed one as well", async () => {
  await world.addSource("broken", () => failed("it is broken"));
  const { jobId } = await world.trigger({ sources: ["steady", "broken"] });
  expect(await world.ended(jobId)).toMatchObject({ status: "partial" });
  expect(await holding()).toEqual(["RatebookSourceFailing", "RatebookSyncFailing"]);
  before = await scrape();
  expect(await world.ended((await world.trigger({ sources: ["broken"] })).jobId)).toMatchObject({ status: "failed" });
  expect(await holding()).toEqual(["RatebookSourceFailing", "RatebookSyncFailing"]);
  await world.db.execute(sql`update sources set enabled = false where name = 'broken'`);
});

test("a source that was not read for hours, and a success long ago, raise an alert", async () => {
  await world.db.execute(
    sql`update sources set last_success_at = last_success_at - interval '4 hours' where name = 'steady'`,
  );
  expect(await holding()).toEqual(["RatebookSourceStale"]);
  await world.db.execute(sql`update pricing_sync_jobs set completed_at = completed_at - interval '7 hours'`);
  expect(await holding()).toEqual(["RatebookSourceStale", "RatebookNoSuccess"]);
  await world.ended((await world.trigger({ sources: ["steady"] })).jobId);
  expect(await holding()).toEqual([]);
});

test("a price that is held for more than a day raises an alert", async () => {
  let price = "0.000001";
  await world.addSource("jumpy", () => fetched(openrouterDocument({ "acme/jumpy": [price, "0.000002"] })));
  await world.ended((await world.trigger({ sources: ["jumpy"] })).jobId);
  price = "0.1";
  await world.ended((await world.trigger({ sources: ["jumpy"] })).jobId);
  expect(await holding()).toEqual([]);
  await world.db.execute(sql`update price_holds set observed_at = observed_at - interval '25 hours'`);
  expect(await holding()).toEqual(["RatebookHoldsWaiting"]);
  await world.db.execute(sql`update price_holds set state = 'rejected'`);
});

test("a lock that is lost, and a write that is refused after that, raise an alert each", async () => {
  world.leaseMeter.lost();
  expect(await holding()).toEqual(["RatebookLockLost"]);
  world.leaseMeter.refused();
  expect(await holding()).toEqual(["RatebookLockLost", "RatebookWritesRefused"]);
});

test("what no test brings about raises its alert by the value that it would have", async () => {
  expect(await holding({ up: 0 })).toEqual(["RatebookDown"]);
  expect(await holding({ ratebook_database_up: 0 })).toEqual(["RatebookDatabaseDown"]);
  expect(await holding({ ratebook_snapshot_age_seconds: 31 })).toEqual(["RatebookSnapshotStale"]);
  before = readMetrics(`${ERRORS} 1\n`);
  const errors = readMetrics(`${ERRORS} 7\n`);
  const late = { before: asScraped(before), after: asScraped(errors) };
  const [rule] = rules.filter(({ alert }) => alert === "RatebookServerErrors");
  expect(evaluateQuery(rule?.expr ?? "", late)).toMatchObject([{ labels: { route: "/v1/prices" }, value: 6 }]);
  before = await scrape();
  expect(await holding({ nodejs_eventloop_lag_p99_seconds: 0.6 })).toEqual(["RatebookEventLoopLate"]);
});

test("a sync whose worker died, and one that waits for a worker, raise an alert", async () => {
  await worker.stop(0);
  const { jobId } = await world.trigger({ sources: ["steady"] });
  await world.db.execute(sql`
    insert into pricing_sync_attempts (job_id, attempt, worker, fence) values (${jobId}::text::uuid, 1, 'dead/9', 0)`);
  await world.db.execute(sql`
    update pricing_sync_jobs set status = 'running', worker = 'dead/9', fence = 0, attempt = 1 where job_id = ${jobId}::text::uuid`);
  expect(await rescueJobs({ ...world, log: createLog("silent") })).toBe(1);
  expect(await holding()).toEqual(["RatebookLockStolen", "RatebookNoWorker"]);
  await world.db.execute(sql`update pgboss.job set start_after = start_after - interval '11 minutes'`);
  expect(await holding()).toEqual(["RatebookLockStolen", "RatebookQueueWaiting", "RatebookNoWorker"]);
});
