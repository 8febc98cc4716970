import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listDeadLetters } from "#/sync/jobs/list-syncs.ts";
import { cancelSync } from "#/sync/jobs/cancel-sync.ts";
import { endAbandonedJobs } from "#/sync/jobs/end-abandoned-jobs.ts";
import { failSync } from "#/sync/jobs/fail-sync.ts";
import { cleanUp } from "#/sync/jobs/retention.ts";
import { redriveSyncs, retrySync } from "#/sync/jobs/retry-sync.ts";
import { createLog } from "#/platform/log.ts";
import { eventually } from "#/testing/eventually.ts";
import {
  ACTOR,
  failed,
  fetched,
  openGate,
  openrouterDocument,
  openSyncWorld,
  type SyncWorld,
} from "#/testing/sync-world.ts";

const DOCUMENT = openrouterDocument({ "t/one": ["0.000001", "0.000004"] });
const lasting = { ...failed("the key is wrong"), retryable: false, code: "credentials" as const };

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld({ leaseMs: 3_000 });
  await world.startWorker();
});
afterAll(() => world.close());

test("a source that fails in a way that can pass is asked again in the same job, and the others are not", async () => {
  let [asked, others] = [0, 0];
  await world.addSource("flaky", () => (++asked < 3 ? failed("flaky.example answered 503") : fetched(DOCUMENT)));
  await world.addSource("steady", () => {
    others += 1;
    return fetched(DOCUMENT);
  });
  const sync = await world.ended((await world.trigger({ sources: ["flaky", "steady"] })).jobId);
  expect(sync).toMatchObject({ status: "success", attempt: 3, retryAt: null });
  expect([asked, others]).toEqual([3, 1]);
  expect(sync.attempts).toMatchObject([
    { attempt: 1, outcome: "retrying", worker: "worker/1", message: expect.stringContaining("flaky asked again in") },
    { attempt: 2, outcome: "retrying" },
    { attempt: 3, outcome: "success", endedAt: expect.any(String) },
  ]);
  const fences = sync.attempts.map(({ fence }) => BigInt(fence));
  expect(fences).toEqual(fences.toSorted((a, b) => (a < b ? -1 : 1)));
});

test("a source that goes on failing is asked three times; what can't pass is asked once", async () => {
  let [asked, refused] = [0, 0];
  await world.addSource("down", () => {
    asked += 1;
    return failed("down.example answered 500");
  });
  await world.addSource("keyless", () => {
    refused += 1;
    return lasting;
  });
  const sync = await world.ended((await world.trigger({ sources: ["down", "keyless"] })).jobId);
  expect(sync).toMatchObject({ status: "failed", attempt: 3 });
  expect([asked, refused]).toEqual([3, 1]);
  expect(sync.errorMessage).toContain("keyless: the key is wrong");
  expect(Object.fromEntries(sync.log.map(({ source, retryable }) => [source, retryable]))).toEqual({
    down: true,
    keyless: false,
  });
});

test("a dry run asks once: whoever looks first wants to know now", async () => {
  expect(await world.ended((await world.trigger({ sources: ["down"], dryRun: true })).jobId)).toMatchObject({
    status: "failed",
    attempt: 1,
  });
});

test("a sync that waits for its next attempt can be cancelled, and does not start again", async () => {
  await world.addSource("slow-again", () => ({ ...failed("busy"), retryAfterSeconds: 20 }));
  // Waits are a thousandth here: 20 s are 20 ms, and the source is let alone until its own time.
  const { jobId } = await world.trigger({ sources: ["slow-again"] });
  expect((await world.ended(jobId)).attempts[0]).toMatchObject({ outcome: "retrying" });
  const [waiting] = await world.db.execute<{ id: string }>(sql`
    update pricing_sync_jobs set status = 'queued', completed_at = null, retry_at = now() + interval '1 hour'
    where job_id = ${jobId} returning job_id as id`);
  expect(waiting?.id).toBe(jobId);
  expect(await cancelSync(world, ACTOR, { jobId, reason: "not worth it" })).toMatchObject({ outcome: "cancelled" });
  expect(await world.ended(jobId)).toMatchObject({
    status: "cancelled",
    retryAt: null,
    errorMessage: `Cancelled by ${ACTOR.label} before it was tried again: not worth it`,
  });
});

test("a failed sync is a dead letter until somebody tries it again, only what failed or all of it, and once per click", async () => {
  const answers = { bad: true };
  await world.addSource("mended", () => (answers.bad ? lasting : fetched(DOCUMENT)));
  await world.addSource("fine", () => fetched(DOCUMENT));
  const partial = await world.ended((await world.trigger({ sources: ["mended", "fine"] })).jobId);
  expect(partial.status).toBe("partial");
  const letter = await world.ended((await world.trigger({ sources: ["mended"] })).jobId);
  const letters = async () => (await listDeadLetters(world.db, { limit: 50 })).map(({ jobId }) => jobId);
  expect(await letters()).toContain(letter.jobId);

  answers.bad = false;
  const clicks = await Promise.all(
    [1, 2, 3].map(() => retrySync(world, ACTOR, { jobId: partial.jobId, which: "failed" })),
  );
  expect(new Set(clicks.map(({ jobId }) => jobId)).size).toBe(1);
  expect(clicks.map(({ outcome }) => outcome).toSorted()).toEqual(["already_queued", "already_queued", "queued"]);
  const retried = await world.ended(clicks[0]?.jobId ?? "");
  expect(retried).toMatchObject({ status: "success", sources: ["mended"], retryOf: partial.jobId });
  expect(await world.ended(partial.jobId)).toMatchObject({ status: "partial", retriedBy: retried.jobId });
  await expect(retrySync(world, ACTOR, { jobId: retried.jobId, which: "failed" })).rejects.toMatchObject({
    code: "INVALID",
  });

  const { retries } = await redriveSyncs(world, ACTOR, { jobIds: [letter.jobId], reason: "the key is there now" });
  expect(await world.ended(retries[0]?.jobId ?? "")).toMatchObject({ status: "success", sources: ["mended"] });
  expect(await letters()).not.toContain(letter.jobId);
  const [audit] = await world.db.execute(
    sql`select reason from audit_log where action = 'syncs.redrive' and target = ${letter.jobId}`,
  );
  expect(audit).toEqual({ reason: "the key is there now" });
});

test("a stuck sync that is marked as failed stays so, and its worker writes nothing from then on", async () => {
  const gate = openGate();
  let asked = 0;
  await world.addSource("deaf", () => {
    asked += 1;
    return gate
      .wait(new AbortController().signal)
      .then(() => fetched(openrouterDocument({ "late/row": ["0.000002", "0.000008"] })));
  });
  const { jobId } = await world.trigger({ sources: ["deaf"] });
  await eventually("it is stuck", async () => asked === 1);
  const fail = () => failSync(world, ACTOR, { jobId, reason: "it hangs" });
  const outcomes = (await Promise.all([fail(), fail()])).map(({ outcome }) => outcome);
  expect(outcomes.toSorted()).toEqual(["already_ended", "failed"]);
  gate.open();
  const next = await world.ended((await world.trigger({ sources: ["fine"] })).jobId);
  expect(next.status).toBe("success");
  expect(await world.ended(jobId)).toMatchObject({
    status: "failed",
    errorMessage: `Marked as failed by ${ACTOR.label}: it hangs`,
    attempts: [{ outcome: "failed" }],
  });
  const [late] = await world.db.execute(
    sql`select count(*)::int as rows from model_pricing_history where model = 'late/row'`,
  );
  expect(late).toEqual({ rows: 0 });
  const [events] = await world.db.execute(
    sql`select count(*)::int as ended from pricing_sync_events where job_id = ${jobId} and kind = 'ended'`,
  );
  expect(events).toEqual({ ended: 1 });
});

test("a job whose worker died ends within a minute when no worker lives, and waits on while one does", async () => {
  const { jobId } = await world.trigger({ sources: ["fine"] });
  await world.ended(jobId);
  await world.db.execute(sql`
    update pricing_sync_jobs set status = 'queued', completed_at = null where job_id = ${jobId}`);
  await world.db.execute(sql`
    update pricing_sync_attempts set outcome = 'died', ended_at = clock_timestamp() - interval '26 seconds'
    where job_id = ${jobId}`);
  expect(await endAbandonedJobs({ db: world.db })).toBe(0);
  await world.db.transaction(async (tx) => {
    await tx.execute(sql`update sync_workers set seen_at = clock_timestamp() - interval '1 minute'`);
    expect(await endAbandonedJobs({ db: tx })).toBe(1);
  });
  expect(await world.ended(jobId)).toMatchObject({
    status: "failed",
    errorMessage: expect.stringContaining("no worker has lived since"),
  });
});

test("retention removes old jobs with all that is theirs and payloads nobody needs, and never a price", async () => {
  const { jobId } = await world.trigger({ sources: ["fine"] });
  await world.ended(jobId);
  await world.db.execute(sql`
    update pricing_sync_jobs set completed_at = clock_timestamp() - interval '91 days' where job_id = ${jobId}`);
  await world.db.execute(sql`
    insert into source_payloads (digest, bytes, body, first_seen_at)
    values ('unused', 1, 'x', now() - interval '31 days'), ('young', 1, 'x', now())`);
  await world.db.execute(
    sql`update source_payloads set first_seen_at = now() - interval '31 days' where digest <> 'young'`,
  );
  const history = await world.db.execute(sql`select count(*)::int as rows from model_pricing_history`);
  await cleanUp({ db: world.db, log: createLog("silent") });
  const left = await world.db.execute(sql`
    select (select count(*)::int from pricing_sync_jobs where job_id = ${jobId}) as jobs,
      (select count(*)::int from pricing_sync_attempts where job_id = ${jobId}) as attempts,
      (select count(*)::int from source_payloads where digest = 'unused') as unused,
      (select count(*)::int from source_payloads where digest = 'young') as young,
      (select count(*)::int from source_payloads p join model_pricing m on m.payload_digest = p.digest) > 0 as used`);
  expect(left).toEqual([{ jobs: 0, attempts: 0, unused: 0, young: 1, used: true }]);
  expect(await world.db.execute(sql`select count(*)::int as rows from model_pricing_history`)).toEqual(history);
});
