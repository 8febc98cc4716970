import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSchedule } from "#/schedules/create-schedule.ts";
import { runSchedule } from "#/schedules/run-schedule.ts";
import { getPayload, packPayload } from "#/sources/store-payload.ts";
import { sourcePayloads } from "#/sources/schema.ts";
import { retrySync } from "#/sync/jobs/retry-sync.ts";
import { triggerBackfill } from "#/sync/jobs/trigger-backfill.ts";
import { triggerReplay } from "#/sync/jobs/trigger-replay.ts";
import { triggerRevert } from "#/sync/jobs/trigger-revert.ts";
import { eventually } from "#/testing/eventually.ts";
import { ACTOR, failed, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let deps: Pick<SyncWorld, "db" | "queue">;
beforeAll(async () => {
  world = await openSyncWorld();
  deps = { db: world.db, queue: world.queue };
  await world.startWorker();
});
afterAll(() => world.close());

const DOCUMENT = openrouterDocument({ "k/one": ["0.000001", "0.000004"] });

let keys = 0;
const newKey = () => `key-${(keys += 1)}`;
const refusal = (jobId: string) => ({
  code: "CONFLICT",
  message: expect.stringMatching(new RegExp(`key-\\d+" was used for another request, which is sync ${jobId}`)),
});

test("a dry run's key does not make a real sync look queued: it is refused in words", async () => {
  await world.addSource("one", () => fetched(DOCUMENT));
  await world.addSource("two", () => failed("two.example answered 500"));
  const requestId = newKey();
  const dry = await world.trigger({ dryRun: true, requestId });
  await expect(world.trigger({ requestId })).rejects.toMatchObject(refusal(dry.jobId));
  await expect(world.trigger({ dryRun: true, sources: ["one"], requestId })).rejects.toMatchObject(refusal(dry.jobId));
  expect(await world.trigger({ dryRun: true, requestId })).toEqual({ outcome: "already_queued", jobId: dry.jobId });
});

test("the same request is known again however it is written down", async () => {
  const requestId = newKey();
  const { jobId } = await world.trigger({ sources: ["one", "two"], requestId });
  expect(await world.trigger({ sources: ["two", "one", "two"], dryRun: false, requestId })).toEqual({
    outcome: "already_queued",
    jobId,
  });
  // How to wait is not what is asked for.
  expect(await world.trigger({ sources: ["one", "two"], ifBusy: "reject", requestId })).toMatchObject({ jobId });
  await world.ended(jobId);
});

test("every verb that queues a job knows its request again by its key, and refuses another one under it", async () => {
  world.answers.set("one", () => fetched(openrouterDocument({ "k/one": ["0.0000011", "0.000004"] })));
  const { jobId: changed } = await world.trigger({ sources: ["one"] });
  await world.ended(changed);
  const { jobId: broken } = await world.trigger({ sources: ["two"] });
  await world.ended(broken);
  for (const name of ["mine", "other"]) {
    const rule = "0 0 1 1 *";
    await createSchedule(world.db, ACTOR, { name, rule, timeZone: "UTC", sources: ["one"], missedPolicy: "skip" });
  }
  const payload = await packPayload(openrouterDocument({ "k/old": ["0.000001", "0.000004"] }));
  await world.addSource("old", () => fetched("{}"));
  const at = "2025-01-01T00:00:00Z";
  const reason = "the wrong list";

  const verbs: Record<string, ((requestId: string, isOther: boolean) => Promise<{ jobId: string }>)[]> = {
    trigger: [(requestId, dryRun) => world.trigger({ sources: ["one"], dryRun, requestId })],
    replay: [(requestId, dryRun) => triggerReplay(deps, ACTOR, { source: "one", dryRun, requestId })],
    revert: [
      (requestId, dryRun) => triggerRevert(deps, ACTOR, { jobId: changed, reason, dryRun, requestId }),
      (requestId, isOther) =>
        triggerRevert(deps, ACTOR, { jobId: changed, reason: isOther ? "another one" : reason, requestId }),
    ],
    backfill: [
      (requestId, dryRun) => triggerBackfill(deps, ACTOR, { source: "old", at, payload, dryRun, requestId }),
      async (requestId, isOther) => {
        const sent = isOther ? await packPayload("{}") : payload;
        return triggerBackfill(deps, ACTOR, { source: "old", at: "2025-02-01T00:00:00Z", payload: sent, requestId });
      },
    ],
    retry: [
      (requestId, isOther) =>
        retrySync(deps, ACTOR, { jobId: broken, which: isOther ? ("all" as const) : ("failed" as const), requestId }),
    ],
    runNow: [(requestId, isOther) => runSchedule(deps, ACTOR, { name: isOther ? "other" : "mine", requestId })],
  };
  for (const [name, forms] of Object.entries(verbs))
    for (const call of forms) {
      const requestId = newKey();
      const first = await call(requestId, false);
      await world.ended(first.jobId);
      expect(await call(requestId, false), name).toMatchObject({ jobId: first.jobId });
      await expect(call(requestId, true), name).rejects.toMatchObject(refusal(first.jobId));
      // The same words for another verb are another request.
      if (name !== "trigger") await expect(world.trigger({ requestId })).rejects.toMatchObject(refusal(first.jobId));
    }
});

test("an archived payload that is slow to be stored keeps no trigger waiting", async () => {
  const payload = await packPayload(openrouterDocument({ "k/slow": ["0.000001", "0.000004"] }));
  await world.addSource("slow", () => fetched("{}"));
  const stored = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  // Another transaction is about to store the same payload, so that storing it has to wait.
  const other = world.db.transaction(async (tx) => {
    await tx.insert(sourcePayloads).values(payload);
    stored.resolve();
    await mayEnd.promise;
  });
  await stored.promise;
  let isQueued = false;
  const backfill = triggerBackfill(deps, ACTOR, { source: "slow", at: "2025-01-01T00:00:00Z", payload }).then(
    (queued) => {
      isQueued = true;
      return queued;
    },
  );
  await eventually("the backfill waits for its payload", async () => {
    const waiting = await world.db.execute(sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        and query ilike 'insert into "source_payloads"%'`);
    return waiting.length > 0;
  });
  expect((await world.trigger({ sources: ["one"] })).outcome).toBe("queued");
  expect(isQueued).toBe(false);
  mayEnd.resolve();
  await other;
  const { digest } = await backfill;
  expect((await getPayload(world.db, digest)).bytes).toBe(payload.bytes);
});
