import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLog } from "#/platform/log.ts";
import { eventually } from "#/testing/eventually.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { failed, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

type Line = Readonly<Record<string, unknown>>;

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let url: string;
let lines: Line[] = [];
const log = createLog("debug", { write: (line) => void lines.push(JSON.parse(line)) });
const asAdmin = { authorization: `Bearer ${DOORS_KEY}` };

beforeAll(async () => {
  world = await openSyncWorld({ log });
  doors = await openDoors(world, { log });
  url = await doors.listen();
  await world.addSource("good", () => fetched(openrouterDocument({ "acme/a": ["0.000001", "0.000002"] })));
  await world.addSource("bad", () => failed("it is broken"));
  await world.startWorker("worker/1");
});
afterAll(async () => {
  await doors.close();
  await world.close();
});
beforeEach(() => {
  lines = [];
});

function linesOf(message: string): Line[] {
  return lines.filter(({ msg }) => msg === message);
}

async function lineOf(message: string): Promise<Line> {
  return eventually(`a line "${message}"`, async () => linesOf(message)[0]);
}

async function trigger(sources: readonly string[], headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${url}/admin/pricing/scheduler/trigger`, {
    method: "POST",
    headers: { ...asAdmin, ...headers, "content-type": "application/json" },
    body: JSON.stringify({ sources }),
  });
  const { job_id: jobId } = (await answer.json()) as { job_id: string };
  return jobId;
}

test("one search for a request's id finds its one line and the one line of the run that it asked for", async () => {
  const jobId = await trigger(["good"]);
  await world.ended(jobId);
  const run = await lineOf("sync: ended");
  const request = await lineOf("http: answered");
  expect(request).toMatchObject({
    level: 30,
    requestId: expect.stringMatching(/^[\w-]+$/),
    method: "POST",
    route: "/admin/pricing/scheduler/trigger",
    status: "202",
    ms: expect.any(Number),
    principal: { kind: "key", name: "key:bootstrap" },
    jobIds: [jobId],
  });
  expect(run).toMatchObject({
    level: 30,
    jobId,
    requestId: request["requestId"],
    kind: "sync",
    trigger: "key",
    triggeredBy: "key:bootstrap",
    attempt: 1,
    fence: expect.stringMatching(/^\d+$/),
    outcome: "success",
    counts: { changed: 0, new: 1, held: 0, rejected: 0 },
    sources: { good: "applied" },
    waitSeconds: expect.any(Number),
    seconds: expect.any(Number),
    fetchMs: expect.any(Number),
    parseMs: expect.any(Number),
    applyMs: expect.any(Number),
  });
  expect(linesOf("sync: ended")).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain(DOORS_KEY);
});

test("a request that is sent again with its key has the id of the run that the first one started, and one that starts none has none", async () => {
  const again = { "idempotency-key": "once" };
  const jobId = await trigger(["good"], again);
  expect(await trigger(["good"], again)).toBe(jobId);
  await eventually("two lines", async () => linesOf("http: answered").length === 2);
  expect(linesOf("http: answered")).toMatchObject([{ jobIds: [jobId] }, { jobIds: [jobId] }]);
  await world.ended(jobId);
  await eventually("the run's line", async () => linesOf("sync: ended")[0]);
  lines = [];
  await fetch(`${url}/v1/quotes`, { method: "POST", headers: asAdmin });
  expect(await lineOf("http: answered")).not.toHaveProperty("jobIds");
});

test("every attempt of a run has its line, under the request that asked for it, and one that lost a source is a warning", async () => {
  await world.ended(await trigger(["good", "bad"]));
  await eventually("three lines", async () => linesOf("sync: ended").length === 3);
  const { requestId } = await lineOf("http: answered");
  expect(linesOf("sync: ended")).toMatchObject([
    { attempt: 1, outcome: "retrying", level: 30, requestId },
    { attempt: 2, outcome: "retrying", level: 30, requestId },
    { attempt: 3, outcome: "partial", level: 40, requestId, sources: { good: "unchanged", bad: "failed" } },
  ]);
});

test("a request that only reads is a line for those who look closely, with the version that it was answered from", async () => {
  await (await fetch(`${url}/v1/prices`, { headers: asAdmin })).text();
  expect(await lineOf("http: answered")).toMatchObject({
    level: 20,
    method: "GET",
    route: "/v1/prices",
    status: "200",
    bookVersion: doors.prices.version(),
  });
});

test("a request of nobody known has a line as well, without a name", async () => {
  await fetch(`${url}/v1/quotes`, { method: "POST" });
  const line = await lineOf("http: answered");
  expect(line).toMatchObject({ level: 30, route: "/v1/quotes", status: "401" });
  expect(line).not.toHaveProperty("principal");
});
