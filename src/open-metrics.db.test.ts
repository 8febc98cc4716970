import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createKey } from "#/access/api-keys.ts";
import { readConfig } from "#/config.ts";
import { openMetrics } from "#/open-metrics.ts";
import { installHealth } from "#/platform/health.ts";
import { createHttp } from "#/platform/http.ts";
import { createLifecycle } from "#/platform/lifecycle.ts";
import { createLog } from "#/platform/log.ts";
import { startServer } from "#/server.ts";
import { cancelSync } from "#/sync/jobs/cancel-sync.ts";
import { endAbandonedJobs } from "#/sync/jobs/end-abandoned-jobs.ts";
import { moveJob } from "#/sync/jobs/move-job.ts";
import { rescueJobs } from "#/sync/jobs/rescue-jobs.ts";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import { eventually } from "#/testing/eventually.ts";
import { openFaultProxy } from "#/testing/fault-proxy.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { readMetrics, type Scraped } from "#/testing/read-metrics.ts";
import {
  ACTOR,
  failed,
  fetched,
  openGate,
  openrouterDocument,
  openSyncWorld,
  type SyncWorld,
} from "#/testing/sync-world.ts";
import { openTestDatabase } from "#/testing/test-database.ts";

let world: SyncWorld;
let url: string;
let doors: Awaited<ReturnType<typeof openDoors>>;
const good = () =>
  fetched(openrouterDocument({ "acme/a": ["0.000001", "0.000002"], "acme/b": ["0.000003", "0.000004"] }));

beforeAll(async () => {
  world = await openSyncWorld({ leaseMs: 3_000 });
  doors = await openDoors(world, { metrics: world.metrics });
  url = await doors.listen();
});
afterAll(async () => {
  await doors.close();
  await world.close();
});
beforeEach(async () => {
  await world.db.execute(sql`update sources set enabled = false`);
});

const asAdmin = { authorization: `Bearer ${DOORS_KEY}` };

const silent = () => ({ ...world, log: createLog("silent") });

async function scrape(): Promise<Scraped> {
  const { statusCode, body, headers } = await doors.app.inject({ url: "/metrics", headers: asAdmin });
  expect(statusCode).toBe(200);
  expect(headers["content-type"]).toMatch(/^text\/plain/);
  return readMetrics(body);
}

/** By how much a counter has risen since an earlier scrape. */
function rise(before: Scraped, after: Scraped, name: string, labels: Readonly<Record<string, string>> = {}): number {
  return (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);
}

test("a fresh server tells every metric of the catalogue", async () => {
  const { names } = await scrape();
  const { body } = await doors.app.inject({ url: "/metrics", headers: asAdmin });
  const catalogue = world.metrics.catalogue().map(({ name }) => name);
  expect(names.toSorted()).toEqual(catalogue.toSorted());
  expect(catalogue.filter((name) => name.startsWith("ratebook_")).length).toBeGreaterThan(25);
  for (const { name, type, labels } of world.metrics.catalogue()) {
    if (type === "counter") expect(name).toMatch(/_total$/);
    expect(labels.filter((label) => /^(le|quantile|job|instance)$/.test(label))).toEqual([]);
  }
  expect(body).toContain('ratebook_build_info{version="');
});

test("a run that is ended by a person or as an abandoned one is counted once, and so is its attempt", async () => {
  await world.addSource("idle", good);
  const before = await scrape();
  const cancelled = await world.trigger({ sources: ["idle"] });
  await cancelSync(world, ACTOR, { jobId: cancelled.jobId });
  const died = await world.trigger({ sources: ["idle"] });
  await world.db.execute(sql`
    insert into pricing_sync_attempts (job_id, attempt, worker, fence) values (${died.jobId}::text::uuid, 1, 'dead/9', 0)`);
  await world.db.execute(sql`
    update pricing_sync_jobs set status = 'running', worker = 'dead/9', fence = 0, attempt = 1 where job_id = ${died.jobId}::text::uuid`);
  expect(await rescueJobs(silent())).toBe(1);
  await scrape();
  await world.db.execute(
    sql`update pricing_sync_attempts set ended_at = ended_at - interval '1 minute' where worker = 'dead/9'`,
  );
  expect(await endAbandonedJobs(world)).toBe(1);
  const after = await scrape();
  const outcome = (name: string) => ({ kind: "sync", trigger: "person", outcome: name });
  expect(rise(before, after, "ratebook_syncs_total", outcome("cancelled"))).toBe(1);
  expect(rise(before, after, "ratebook_syncs_total", outcome("failed"))).toBe(1);
  expect(rise(before, after, "ratebook_sync_attempts_total", { outcome: "died" })).toBe(1);
  expect(rise(before, after, "ratebook_sync_attempts_total", { outcome: "cancelled" })).toBe(0);
  expect(rise(before, after, "ratebook_sync_attempts_total", { outcome: "failed" })).toBe(0);
});

test("a run whose end commits after a later one's is counted as well, once", async () => {
  await world.addSource("late", good);
  const before = await scrape();
  const late = await world.trigger({ sources: ["late"] });
  const later = await world.trigger({ sources: ["late"] });
  await world.db.transaction(async (tx) => {
    await moveJob(tx, late.jobId, { from: ["queued"], to: "cancelled", errorMessage: null, message: "for a test" });
    await cancelSync(world, ACTOR, { jobId: later.jobId });
    await scrape();
  });
  const outcome = { kind: "sync", trigger: "person", outcome: "cancelled" };
  expect(rise(before, await scrape(), "ratebook_syncs_total", outcome)).toBe(2);
  expect(rise(before, await scrape(), "ratebook_syncs_total", outcome)).toBe(2);
});

test("syncs that wait stand in the queue's depth, with how long the oldest has waited", async () => {
  const queue = { queue: "pricing-sync" };
  await world.db.execute(sql`delete from pgboss.job`);
  await world.addSource("waiting", good);
  const { jobId } = await world.trigger({ sources: ["waiting"] });
  await world.db.execute(
    sql`update pgboss.job set start_after = start_after - interval '90 seconds' where data ->> 'jobId' = ${jobId}`,
  );
  const scraped = await scrape();
  expect(scraped.value("ratebook_queue_waiting", queue)).toBe(1);
  expect(scraped.value("ratebook_queue_oldest_wait_seconds", queue)).toBeGreaterThan(89);
  expect(scraped.value("ratebook_workers")).toBe(0);
  await cancelSync(world, ACTOR, { jobId });
  expect((await scrape()).value("ratebook_queue_waiting", queue)).toBe(0);
});

test("the counts of syncs say by outcome and trigger how they ended, and a partial one is no success", async () => {
  await world.startWorker("worker/1");
  await world.addSource("good", good);
  await world.addSource("bad", () => failed("it is broken"));
  const before = await scrape();
  const { jobId } = await world.trigger({ sources: ["good", "bad"] });
  await world.ended(jobId);
  const after = await scrape();
  const outcome = (name: string) => ({ kind: "sync", trigger: "person", outcome: name });
  expect(rise(before, after, "ratebook_syncs_total", outcome("partial"))).toBe(1);
  expect(rise(before, after, "ratebook_syncs_total", outcome("success"))).toBe(0);
  expect(rise(before, after, "ratebook_sync_attempts_total", { outcome: "retrying" })).toBe(2);
  expect(rise(before, after, "ratebook_sync_attempts_total", { outcome: "partial" })).toBe(1);
  expect(rise(before, after, "ratebook_source_reads_total", { source: "good", outcome: "applied" })).toBe(1);
  expect(rise(before, after, "ratebook_source_reads_total", { source: "bad", outcome: "failed" })).toBe(1);
  expect(rise(before, after, "ratebook_offers_total", { source: "good", result: "created" })).toBe(2);
  expect(after.value("ratebook_sync_duration_seconds_count", { kind: "sync", outcome: "partial" })).toBe(1);
  expect(after.value("ratebook_source_failing", { source: "bad" })).toBe(1);
  expect(after.value("ratebook_source_failing", { source: "good" })).toBe(0);
  expect(after.value("ratebook_source_age_seconds", { source: "good" })).toBeLessThan(60);
  expect(after.value("ratebook_last_success_age_seconds")).toBeUndefined();
  expect(after.value("ratebook_rates", { state: "priced" })).toBe(2);
  expect(after.value("ratebook_book_version")).toBe(Number(doors.prices.version()));
  expect(after.value("ratebook_workers")).toBe(1);
  expect(rise(after, await scrape(), "ratebook_syncs_total", outcome("partial"))).toBe(0);
});

test("a price that is held waits in the metrics, by its reason", async () => {
  let price = "0.000001";
  await world.addSource("jumpy", () => fetched(openrouterDocument({ "acme/jumpy": [price, "0.000002"] })));
  await world.ended((await world.trigger({ sources: ["jumpy"] })).jobId);
  const before = await scrape();
  price = "0.1";
  await world.ended((await world.trigger({ sources: ["jumpy"] })).jobId);
  const after = await scrape();
  const waiting = (scraped: Scraped) =>
    scraped.samples("ratebook_holds_waiting").reduce((total, { value }) => total + value, 0);
  expect(waiting(after) - waiting(before)).toBe(1);
  expect(rise(before, after, "ratebook_offers_total", { source: "jumpy", result: "held" })).toBe(1);
  expect(after.value("ratebook_holds_oldest_wait_seconds")).toBeGreaterThan(0);
  expect(after.value("ratebook_last_success_age_seconds")).toBeLessThan(60);
});

test("a lock that is taken from its holder is counted as lost, and its attempt as died", async () => {
  const frozen = openGate();
  let asked = 0;
  // Deaf to every signal, as a frozen process is.
  await world.addSource("frozen", () => {
    asked += 1;
    return asked > 1 ? good() : frozen.wait(new AbortController().signal).then(good);
  });
  const before = await scrape();
  const { jobId } = await world.trigger({ sources: ["frozen"] });
  await eventually("it has started", async () => asked === 1);
  const held = await scrape();
  expect(held.value("ratebook_lock_held")).toBe(1);
  expect(held.value("ratebook_lock_held_seconds")).toBeLessThan(60);
  await world.db.execute(sql`update pricing_sync_lock set expires_at = clock_timestamp() - interval '1 second'`);
  await world.startWorker("rescuer/2");
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 2 });
  await eventually("it has lost it", async () => rise(before, await scrape(), "ratebook_lock_lost_total") === 1);
  frozen.open();
  await eventually("nobody holds the lock", async () => (await scrape()).value("ratebook_lock_held") === 0);
  const after = await scrape();
  expect(rise(before, after, "ratebook_lock_lost_total")).toBe(1);
  expect(rise(before, after, "ratebook_sync_attempts_total", { outcome: "died" })).toBe(1);
  expect(after.value("ratebook_lock_held_seconds")).toBe(0);
});

test("a write under a fence that is not the present one is counted as refused", async () => {
  const before = await scrape();
  const stale = { owner: "nobody", fence: 0n };
  const deps = { db: world.db, leaseMs: 3_000, leaseMeter: world.leaseMeter };
  await expect(fencedTransaction(deps, stale, async () => {})).rejects.toMatchObject({ code: "LEASE_LOST" });
  expect(rise(before, await scrape(), "ratebook_refused_writes_total")).toBe(1);
});

test("requests are measured by method, route and status, also those that are answered in front of the routes", async () => {
  const before = await scrape();
  const ask = async (path: string, headers: Record<string, string> = asAdmin) => {
    const answer = await fetch(`${url}${path}`, { headers });
    await answer.text();
    return answer;
  };
  const first = await ask("/v1/prices?limit=1");
  expect(first.status).toBe(200);
  await ask("/v1/prices?limit=1", { ...asAdmin, "if-none-match": first.headers.get("etag") ?? "" });
  await ask("/v1/prices", {});
  await ask("/a-page/of/any/depth");
  const expected = [
    { route: "/v1/prices", status: "200" },
    { route: "/v1/prices", status: "304" },
    { route: "/v1/prices", status: "401" },
    { route: "/*", status: "200" },
  ];
  const counts = (after: Scraped) =>
    expected.map((one) =>
      rise(before, after, "ratebook_http_request_duration_seconds_count", { method: "GET", ...one }),
    );
  await eventually("all are counted", async () => counts(await scrape()).every((count) => count === 1));
});

test("a stream counts as open until its reader leaves, and its time is none of a request", async () => {
  const gone = new AbortController();
  const stream = await fetch(`${url}/v1/changes/stream?after=0`, { headers: asAdmin, signal: gone.signal });
  expect(stream.status).toBe(200);
  expect((await scrape()).value("ratebook_open_streams")).toBe(1);
  gone.abort();
  await eventually("the stream has ended", async () => (await scrape()).value("ratebook_open_streams") === 0);
  const routes = (await scrape())
    .samples("ratebook_http_request_duration_seconds_count")
    .map(({ labels }) => labels["route"]);
  expect(routes).not.toContain("/v1/changes/stream");
});

test("only a key may scrape, a viewer's is enough, and it may be the password of Basic authentication", async () => {
  const { key } = await createKey(world.db, ACTOR, { name: "prometheus", role: "viewer" });
  const basic = Buffer.from(`prometheus:${key}`).toString("base64");
  const status = async (authorization?: string) =>
    (await doors.app.inject({ url: "/metrics", headers: authorization === undefined ? {} : { authorization } }))
      .statusCode;
  expect(await status(`Bearer ${key}`)).toBe(200);
  expect(await status(`Basic ${basic}`)).toBe(200);
  expect(await status()).toBe(401);
  expect(await status("Bearer wrong")).toBe(401);
  const refused = await doors.app.inject("/metrics");
  expect(refused.headers["www-authenticate"]).toContain("Basic");
  // A path that only begins the same.
  expect((await doors.app.inject({ url: "/metricsx", headers: { authorization: `Basic ${basic}` } })).statusCode).toBe(
    401,
  );
});

test.each(["reset", "black-hole"] as const)(
  "a database that is away (%s) leaves out what is read from it, and fails no scrape",
  async (kind) => {
    const target = new URL(world.url);
    const port = Number(target.port);
    const proxy = await openFaultProxy(() => port);
    target.port = String(proxy.port);
    const lifecycle = createLifecycle();
    const metrics = await openMetrics({
      databaseUrl: target.href,
      role: "web",
      log: createLog("silent"),
      lifecycle,
      freshMs: 0,
    });
    const told = async () => readMetrics((await metrics.scrape()).text);
    try {
      expect((await told()).value("ratebook_database_up")).toBe(1);
      expect((await told()).value("ratebook_lock_held")).toBe(0);
      proxy.setMode({ kind });
      const away = await told();
      expect(away.value("ratebook_database_up")).toBe(0);
      const shared = ["ratebook_lock_held", "ratebook_workers", "ratebook_book_version", "ratebook_queue_waiting"];
      for (const name of shared) expect(away.samples(name)).toEqual([]);
      expect(away.value("ratebook_build_info", { version: "0.1.0", role: "web" })).toBe(1);
    } finally {
      await lifecycle.close();
      await proxy.close();
    }
  },
);

test("a worker answers its probes and its metrics on a port of its own", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-worker-"));
  const database = await openTestDatabase();
  const env = { DATABASE_URL: database.url, ROLE: "worker", METRICS_PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "silent" };
  const config = readConfig({ ...env, RATEBOOK_DATA_DIR: folder, ADMIN_API_KEY: DOORS_KEY });
  const server = await startServer(config);
  try {
    const { probesUrl } = server;
    expect(server.url).toBeUndefined();
    expect((await fetch(`${probesUrl}/healthz`)).status).toBe(200);
    await eventually("it is ready", async () => (await fetch(`${probesUrl}/readyz`)).status === 200);
    expect((await fetch(`${probesUrl}/metrics`)).status).toBe(401);
    expect((await fetch(`${probesUrl}/v1/prices`, { headers: asAdmin })).status).toBe(404);
    const scraped = readMetrics(await (await fetch(`${probesUrl}/metrics`, { headers: asAdmin })).text());
    const ofWebOnly = ["ratebook_snapshot_age_seconds", "ratebook_snapshot_version"];
    const expected = world.metrics.catalogue().map(({ name }) => name);
    expect(scraped.names.toSorted()).toEqual(expected.filter((name) => !ofWebOnly.includes(name)).toSorted());
    expect(scraped.value("ratebook_workers")).toBe(1);
  } finally {
    await server.close();
    await database.close();
    await rm(folder, { recursive: true });
  }
});

test("a worker is ready while it fetches entries of its queue, and neither before nor after", async () => {
  const queue = await world.queues.open({ name: "a-queue-of-its-own", atOnce: 1, pollSeconds: 0.5 });
  const app = createHttp(createLog("silent"), { isBehindProxy: false });
  installHealth(app, { db: world.db, isDraining: () => false, isWorking: queue.isWorking });
  const ready = async () => (await app.inject("/readyz")).statusCode;
  expect(await ready()).toBe(503);
  await queue.work(async () => {});
  await eventually("it has fetched", async () => (await ready()) === 200);
  await queue.stopWorking();
  expect(await ready()).toBe(503);
  await app.close();
});
