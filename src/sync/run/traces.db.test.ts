import { once } from "node:events";
import { createServer, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createLog } from "#/platform/log.ts";
import { openTraces } from "#/platform/open-traces.ts";
import { addSource } from "#/sources/add-source.ts";
import { sources } from "#/sources/schema.ts";
import { eventually } from "#/testing/eventually.ts";
import { DOORS_KEY, DOORS_LOGIN, openDoors } from "#/testing/open-doors.ts";
import { startProcess, type StartedProcess } from "#/testing/open-stack.ts";
import { ACTOR, failed, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";
import { openTraceCollector } from "#/testing/trace-collector.ts";

const SOURCE_KEY = "sk-source-5f2d8c1b7a9e4d30";
/** Says which modules of OpenTelemetry's SDK a process loads. */
const TELL_LOADED = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({ load(url, context, next) {
    if (url.includes("/@opentelemetry/sdk")) process.stderr.write("loaded " + url + "\\n");
    return next(url, context);
  } });`)}`;

const log = createLog("silent");
let collector: Awaited<ReturnType<typeof openTraceCollector>>;
let traces: ReturnType<typeof openTraces>;
let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let url: string;
let seller: Server;
let sellerUrl: string;
/** Requests to `/slow` that wait for their answer. */
const waiting: ServerResponse[] = [];
const workers: StartedProcess[] = [];

beforeAll(async () => {
  collector = await openTraceCollector();
  for (const [name, value] of Object.entries(collector.env)) vi.stubEnv(name, value);
  traces = openTraces(log);
  world = await openSyncWorld();
  doors = await openDoors(world, { traces: true });
  url = await doors.listen();
  seller = createServer((asked, response) => {
    if (asked.url === "/slow") return void waiting.push(response);
    if (asked.url === "/refused") response.statusCode = 401;
    return response.end(
      JSON.stringify({ sent: asked.headers, ...JSON.parse(openrouterDocument({ "s/one": ["0.000001", "0.000004"] })) }),
    );
  });
  await new Promise<void>((resolve) => seller.listen(0, "127.0.0.1", resolve));
  sellerUrl = `http://127.0.0.1:${(seller.address() as AddressInfo).port}`;
  for (const name of ["good", "refused", "slow"])
    await addSource(world.db, ACTOR, {
      name,
      kind: "openrouter",
      url: `${sellerUrl}/${name}`,
      ...(name === "slow" ? {} : { apiKeyEnv: "ACME_API_KEY" }),
    });
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop("SIGKILL");
});
afterAll(async () => {
  seller.closeAllConnections();
  seller.close();
  await doors.close();
  await world.close();
  await traces.close();
  await collector.close();
  vi.unstubAllEnvs();
});

async function startWorkerProcess(env: Readonly<Record<string, string>>): Promise<StartedProcess> {
  const worker = await startProcess({
    entry: "src/server.ts",
    env: {
      ROLE: "worker",
      DATABASE_URL: world.url,
      LOG_LEVEL: "warn",
      ALLOW_PRIVATE_NETWORK: "true",
      ACME_API_KEY: SOURCE_KEY,
      NODE_OPTIONS: `--import=${TELL_LOADED}`,
      // Only its end sends what it has not sent yet.
      OTEL_BSP_SCHEDULE_DELAY: "600000",
      ...env,
    },
    ready: /worker is ready/,
  });
  workers.push(worker);
  return worker;
}

async function trigger(names: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await fetch(`${url}/admin/pricing/scheduler/trigger`, {
    method: "POST",
    headers: { authorization: `Bearer ${DOORS_KEY}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ sources: names }),
  });
  const { job_id: jobId } = (await answer.json()) as { job_id: string };
  return jobId;
}

const REQUEST = "POST /admin/pricing/scheduler/trigger";
const ENTRY = [REQUEST, "sync enqueue", "send pricing-sync", "process pricing-sync", "sync attempt"];
/** A span is sent when it has ended, so the one above it comes later. */
const LATE = { timeout: 30_000 };

test("one trace leads from the request through the queue's own spans to the attempt and the phases of each source, and has no secret", async () => {
  const worker = await startWorkerProcess({ OTEL_SERVICE_NAME: "ratebook-worker" });
  expect(worker.output()).toContain("/@opentelemetry/sdk");
  // An address that carries a key is refused where it is added; one may be older than that.
  await addSource(world.db, ACTOR, { name: "keyed", kind: "openrouter", url: `${sellerUrl}/keyed` });
  await world.db
    .update(sources)
    .set({ url: `${sellerUrl.replace("//", `//x:${SOURCE_KEY}@`)}/keyed?key=${SOURCE_KEY}` })
    .where(eq(sources.name, "keyed"));
  const jobId = await trigger(["good", "refused", "keyed"]);
  expect(await world.ended(jobId)).toMatchObject({ status: "partial", attempt: 1 });
  const asked = request(url, { path: `http://x:${DOORS_KEY}@host/v1/prices?key=${DOORS_KEY}` }).end();
  await once(asked, "response");
  await fetch(`${url}/api/trpc/${DOORS_KEY}`);
  expect(await worker.stop()).toBe(0);

  const attempt = await collector.find(
    "the attempt",
    (one) => one.attributes["ratebook.job.id"] === jobId && one.name === "sync attempt",
  );
  await expect.poll(() => collector.pathOf(attempt), LATE).toEqual(ENTRY);
  expect(attempt).toMatchObject({
    service: "ratebook-worker",
    attributes: { "ratebook.job.kind": "sync", "ratebook.job.trigger": "key", "ratebook.job.outcome": "partial" },
    status: { code: 2, message: "Partial: 2 of 3 sources failed" },
  });
  const own = collector.spans.filter(({ traceId }) => traceId === attempt.traceId);
  expect(own.filter(({ scope }) => scope === "pg-boss").map(({ name }) => name)).toEqual(
    expect.arrayContaining(["send pricing-sync", "process pricing-sync"]),
  );
  expect(own.find(({ name }) => name === REQUEST)).toMatchObject({ service: "ratebook", status: { code: 0 } });
  const phasesOf = (source: string) =>
    own
      .filter(({ attributes }) => attributes["ratebook.source"] === source)
      .map((one): [string, number | undefined] => [
        collector.pathOf(one).slice(ENTRY.length).join(" > "),
        one.status.code,
      ]);
  expect(new Map(phasesOf("good"))).toEqual(
    new Map([
      ["sync source", 0],
      ["sync source > source fetch", 0],
      ["sync source > source parse", 0],
      ["sync source > source commit", 0],
    ]),
  );
  for (const source of ["refused", "keyed"])
    expect(new Map(phasesOf(source))).toEqual(
      new Map([
        ["sync source", 2],
        ["sync source > source fetch", 2],
        ["sync source > source commit", 0],
      ]),
    );
  expect(
    own.find(({ name, attributes }) => name === "source fetch" && attributes["ratebook.source"] === "refused"),
  ).toMatchObject({
    attributes: { "server.address": new URL(sellerUrl).host, "http.response.status_code": 401 },
    status: { message: expect.stringContaining("401") },
  });
  await collector.find("the prices", ({ name }) => name === "GET /v1/prices");
  await collector.find("the procedure", ({ name }) => name === "GET /api/trpc/:path");
  for (const secret of [SOURCE_KEY, DOORS_KEY, DOORS_LOGIN.password])
    expect(collector.received()).not.toContain(secret);
}, 120_000);

test("the attempt that follows one whose worker was killed stands in the same trace", async () => {
  const first = await startWorkerProcess({ SYNC_LOCK_TTL_SECONDS: "5" });
  const jobId = await trigger(["slow"]);
  await eventually("it is asked", async () => waiting.length === 1);
  await first.stop("SIGKILL");
  const second = await startWorkerProcess({});
  const answer = await eventually("it is asked again", async () => waiting[1], 30_000);
  answer.end(openrouterDocument({ "s/two": ["0.000001", "0.000004"] }));
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 2 });
  expect(await second.stop()).toBe(0);
  const attempt = await collector.find(
    "the second attempt",
    ({ name, attributes }) => name === "sync attempt" && attributes["ratebook.job.id"] === jobId,
  );
  expect(attempt.attributes).toMatchObject({ "ratebook.job.attempt": 2, "ratebook.job.outcome": "success" });
  await expect.poll(() => collector.pathOf(attempt), LATE).toEqual(ENTRY);
}, 120_000);

test("sources that are asked again are asked in attempts of one trace, below what started the run", async () => {
  await world.addSource("flaky", () => failed("it is broken"));
  const worker = await world.startWorker();
  const jobId = await trigger(["flaky"]);
  await world.ended(jobId);
  await worker.stop(0);
  const attempts = await eventually("three attempts", async () => {
    const found = collector.spans.filter(
      ({ name, attributes }) => name === "sync attempt" && attributes["ratebook.job.id"] === jobId,
    );
    return found.length === 3 && found;
  });
  await expect.poll(() => attempts.map((one) => collector.pathOf(one)), LATE).toEqual([ENTRY, ENTRY, ENTRY]);
  expect(attempts.map(({ attributes, status }) => [attributes["ratebook.job.outcome"], status.code])).toEqual([
    ["retrying", 2],
    ["retrying", 2],
    ["failed", 2],
  ]);
}, 60_000);

test("the words of what an entry of a queue failed with stand in no span", async () => {
  const queue = await world.queues.open({ name: "test", atOnce: 1, pollSeconds: 0.5 });
  await queue.work(() => Promise.reject(new Error(`it failed with ${SOURCE_KEY}`)));
  await world.db.transaction((tx) => queue.send(tx, {}));
  const entry = await collector.find("the entry", ({ name }) => name === "process test");
  expect(entry.status).toMatchObject({ code: 2, message: "The entry failed for a reason that is in the log" });
  await queue.stopWorking();
  expect(collector.received()).not.toContain(SOURCE_KEY);
});

test("a collector that is away, or never answers, fails no sync and keeps no worker from its end", async () => {
  const silent = await openTraceCollector({ isSilent: true });
  const away = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_BSP_SCHEDULE_DELAY: "10" };
  const patient = { ...silent.env, OTEL_EXPORTER_OTLP_TIMEOUT: "600000", OTEL_BSP_EXPORT_TIMEOUT: "600000" };
  for (const env of [away, patient]) {
    const worker = await startWorkerProcess(env);
    expect(await world.ended(await trigger(["good"]))).toMatchObject({ status: "success" });
    expect(await worker.stop()).toBe(0);
    expect(worker.output()).toContain("traces: the last spans could not be sent before the process ended");
  }
  await silent.close();
}, 120_000);

test("no module of the SDK is loaded while the variables ask for no traces", async () => {
  const worker = await startWorkerProcess({ OTEL_EXPORTER_OTLP_ENDPOINT: "" });
  expect(await world.ended(await trigger(["good"]))).toMatchObject({ status: "success" });
  expect(await worker.stop()).toBe(0);
  expect(worker.output()).not.toContain("/@opentelemetry/sdk");
}, 120_000);
