import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#/testing/eventually.ts";
import { DOORS_KEY as KEY, openDoors } from "#/testing/open-doors.ts";
import {
  ACTOR,
  failed,
  fetched,
  openGate,
  openrouterDocument,
  openSyncWorld,
  type SyncWorld,
} from "#/testing/sync-world.ts";
import { cancelSync } from "#/sync/jobs/cancel-sync.ts";

const DOCUMENT = openrouterDocument({ "o/one": ["0.000001", "0.000004"], "o/two": ["0.000002", "0.000008"] });
const LASTING = { ...failed("the key is wrong"), retryable: false, code: "credentials" as const };

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let host: string;
const bearer = { authorization: `Bearer ${KEY}` };
const trigger = (payload?: object, headers: Record<string, string> = {}) =>
  doors.app.inject({
    method: "POST",
    url: "/admin/pricing/scheduler/trigger",
    headers: { ...bearer, ...headers },
    ...(payload && { payload }),
  });
const get = (url: string) => doors.app.inject({ url, headers: bearer });

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  host = await doors.listen();
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

/** What the origin's users have in their shell history. */
const POLL_LOOP = `
JOB_ID=$(curl -s -X POST -H "Authorization: Bearer $KEY" "$HOST/admin/pricing/scheduler/trigger" | jq -r '.job_id')
echo "$JOB_ID"
while true; do
  STATUS=$(curl -s -H "Authorization: Bearer $KEY" "$HOST/admin/pricing/sync/$JOB_ID" | jq -r '.status')
  echo "$STATUS"
  if [ "$STATUS" = "success" ] || [ "$STATUS" = "failed" ]; then break; fi
  sleep 0.2
done`;

async function pollLoop(): Promise<{ jobId: string; status: string }> {
  const { stdout } = await promisify(execFile)("bash", ["-c", POLL_LOOP], {
    env: { ...process.env, KEY, HOST: host },
    timeout: 30_000,
  });
  const lines = stdout.trim().split("\n");
  return { jobId: lines[0] ?? "", status: lines.at(-1) ?? "" };
}

test("a sync that waits for its next attempt reads as running, and says when it goes on", async () => {
  const { jobId } = await world.trigger();
  const sync = async () =>
    (await get(`/admin/pricing/sync/${jobId}`)).json<{ status: string; retrying_at: string | null }>();
  expect(await sync()).toMatchObject({ status: "queued", retrying_at: null });
  await world.db.execute(sql`
    update pricing_sync_jobs set attempt = 1, retry_at = '2030-01-01T00:00:00Z' where job_id = ${jobId}::text::uuid`);
  expect(await sync()).toMatchObject({ status: "running", outcome: "queued", retrying_at: "2030-01-01T00:00:00.000Z" });
  await cancelSync(world, ACTOR, { jobId });
});

test("their poll loop stops on every run: green, partial, failed and cancelled", async () => {
  const gate = openGate();
  let answer: "good" | "bad" = "good";
  await world.addSource("steady", () => fetched(DOCUMENT));
  await world.addSource("other", () => (answer === "good" ? fetched(DOCUMENT) : LASTING));
  await world.startWorker();
  const green = await pollLoop();
  expect(green.status).toBe("success");
  answer = "bad";
  const partial = await pollLoop();
  expect(partial.status).toBe("failed");
  expect((await get(`/admin/pricing/sync/${partial.jobId}`)).json()).toMatchObject({
    job_id: partial.jobId,
    status: "failed",
    outcome: "partial",
    progress_percent: 100,
    triggered_by: "key:bootstrap",
    sources_synced: 1,
    sources_failed: 1,
    total_errors: 1,
    error_message: expect.stringContaining("the key is wrong"),
    duration_seconds: expect.any(Number),
    result: {
      sources: { other: { outcome: "failed", error_message: expect.any(String) }, steady: { outcome: "unchanged" } },
    },
  });
  expect((await get(`/admin/pricing/sync/${green.jobId}`)).json()).toMatchObject({
    outcome: "success",
    models_fetched: 4,
    models_updated: 4,
    models_unchanged: 0,
    models_skipped: 0,
    models_held: 0,
    total_errors: 0,
    error_message: null,
  });

  world.answers.set("other", ({ signal }) => gate.wait(signal).then(() => fetched(DOCUMENT)));
  const looping = pollLoop();
  const running = await eventually("it runs", async () => {
    const { active_syncs: active } = (await get("/admin/pricing/syncs/active")).json<{
      active_syncs: { job_id: string; status: string }[];
    }>();
    return active.find(({ status }) => status === "running");
  });
  expect((await get(`/admin/pricing/sync/${running.job_id}`)).json()).toMatchObject({
    status: "running",
    result: null,
    completed_at: null,
  });
  await cancelSync(world, ACTOR, { jobId: running.job_id });
  expect(await looping).toEqual({ jobId: running.job_id, status: "failed" });
  expect((await get(`/admin/pricing/sync/${running.job_id}`)).json()).toMatchObject({ outcome: "cancelled" });
});

test("a trigger answers at once with all that a script needs; ten in a row are ten jobs, one after the other", async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => trigger()));
  const ids = answers.map((answer) => answer.json<{ job_id: string }>().job_id);
  expect(new Set(ids).size).toBe(10);
  for (const answer of answers) {
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({
      job_id: expect.any(String),
      status: expect.stringMatching(/^(?:queued|running)$/),
      poll_url: `/admin/pricing/sync/${answer.json<{ job_id: string }>().job_id}`,
      triggered_by: "key:bootstrap",
      triggered_at: expect.stringMatching(/Z$/),
      message: expect.stringContaining("Queued"),
    });
  }
  const { active_syncs: active, count } = (await get("/admin/pricing/syncs/active")).json<{
    active_syncs: { status: string }[];
    count: number;
  }>();
  expect(count).toBe(active.length);
  expect(active.filter(({ status }) => status === "running").length).toBeLessThan(2);
  for (const jobId of ids) await cancelSync(world, ACTOR, { jobId });
  await Promise.all(ids.map((jobId) => world.ended(jobId)));
});

test("a key makes a repeated request the same job; a busy lock is said with 429, who holds it, and when to ask again", async () => {
  const key = { "idempotency-key": "nightly-2026-11-25" };
  const first = (await trigger({ sources: ["steady"] }, key)).json<{ job_id: string }>();
  const again = await trigger({ sources: ["steady"] }, key);
  expect(again.json()).toMatchObject({ job_id: first.job_id, message: expect.stringContaining("Already queued") });
  const busy = await trigger({ if_busy: "reject" });
  expect(busy.statusCode).toBe(429);
  expect(Number(busy.headers["retry-after"])).toBeGreaterThan(0);
  expect(busy.json()).toMatchObject({ status: 429, detail: expect.stringContaining(first.job_id) });
  await world.ended(first.job_id);
});

test("what is wrong is said as problem details", async () => {
  expect((await doors.app.inject({ url: "/admin/pricing/syncs/active" })).json()).toMatchObject({ status: 401 });
  for (const id of ["nonsense", "00000000-0000-4000-8000-000000000000"])
    expect((await get(`/admin/pricing/sync/${id}`)).json()).toMatchObject({
      status: 404,
      detail: expect.stringContaining(id),
    });
  expect((await trigger({ sources: ["nobody"] })).json()).toMatchObject({
    status: 422,
    detail: expect.stringContaining("nobody"),
  });
  expect((await trigger({ sources: "steady" })).json()).toMatchObject({
    status: 422,
    detail: expect.stringContaining("sources: "),
  });
  const text = await doors.app.inject({
    method: "POST",
    url: "/admin/pricing/scheduler/trigger",
    headers: bearer,
    payload: "{sources",
  });
  expect(text.json()).toMatchObject({ status: 422, detail: "The body must be JSON", type: "about:blank" });
});

test("the scheduler's status tells when it runs next and how old each source is", async () => {
  const status = (await get("/admin/pricing/scheduler/status")).json<{ sources: Record<string, unknown> }>();
  expect(status).toMatchObject({ enabled: expect.any(Boolean), running: expect.any(Boolean) });
  expect(status.sources["steady"]).toEqual({
    last_success_at: expect.stringMatching(/Z$/),
    seconds_ago: expect.any(Number),
    last_outcome: expect.any(String),
  });
});
