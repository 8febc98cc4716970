import { and, asc, eq, gt, max, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog } from "#/access/schema.ts";
import { openDatabase, type Database } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { openQueues, type Queue, type Queues } from "#/platform/queue.ts";
import { addSource } from "#/sources/add-source.ts";
import { enableSource } from "#/sources/enable-source.ts";
import { createSchedule } from "#/schedules/create-schedule.ts";
import { listSchedules, type ScheduleView } from "#/schedules/list-schedules.ts";
import { nextTicks } from "#/schedules/next-ticks.ts";
import { pauseSchedule, resumeSchedule } from "#/schedules/pause-schedule.ts";
import { removeSchedule } from "#/schedules/remove-schedule.ts";
import { runSchedule } from "#/schedules/run-schedule.ts";
import type { NewSchedule } from "#/schedules/schedule-input.ts";
import { pricingSyncEvents, pricingSyncJobs } from "#/sync/schema.ts";
import { seedSchedules } from "#/schedules/seed-schedules.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { triggerDueSchedules } from "#/schedules/trigger-due-schedules.ts";
import { updateSchedule } from "#/schedules/update-schedule.ts";
import { steerDatabaseClock } from "#/testing/steered-clock.ts";
import { ACTOR } from "#/testing/sync-world.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";
import { syncSchedules } from "#/schedules/schema.ts";

const START = "2027-03-27T20:00:00Z";

let own: TestDatabase;
let clock: Awaited<ReturnType<typeof steerDatabaseClock>>;
let processes: (Database & { queues: Queues; queue: Queue })[];
let db: Database["db"];

beforeAll(async () => {
  own = await openTestDatabase();
  clock = await steerDatabaseClock(own, START);
  processes = await Promise.all(
    ["one", "two"].map(async (name) => {
      const queues = await openQueues({ url: own.url, log: createLog("silent") });
      return { ...openDatabase(own.url, { max: 3, name }), queues, queue: await queues.open(SYNC_QUEUE) };
    }),
  );
  const [first] = processes;
  if (first === undefined) throw new Error("no process");
  ({ db } = first);
});
/** The record is append-only; each test reads what came since it began. */
let recordedBefore = 0n;
beforeEach(async () => {
  await clock.set(START);
  const [newest] = await db.select({ id: max(auditLog.id) }).from(auditLog);
  recordedBefore = newest?.id ?? 0n;
});
afterEach(async () => {
  await db.delete(syncSchedules);
  await db.delete(pricingSyncJobs);
});
afterAll(async () => {
  await Promise.all(processes.map(({ queues, close }) => Promise.all([queues.close(), close()])));
  await own.close();
});

const EVERY_HOUR: NewSchedule = {
  name: "hourly",
  rule: "0 * * * *",
  timeZone: "UTC",
  sources: null,
  missedPolicy: "run_once",
};

/** As every worker does once a second: here all at once, and each of them twice. */
async function tickEverywhere(): Promise<void> {
  await Promise.all([...processes, ...processes].map((deps) => triggerDueSchedules(deps)));
}

async function listRecorded(action?: string) {
  return db
    .select()
    .from(auditLog)
    .where(and(gt(auditLog.id, recordedBefore), action === undefined ? undefined : eq(auditLog.action, action)))
    .orderBy(asc(auditLog.id));
}

async function listJobs() {
  return db.select().from(pricingSyncJobs).orderBy(asc(pricingSyncJobs.triggeredAt));
}

async function only(): Promise<ScheduleView> {
  const [schedule] = await listSchedules(db);
  if (schedule === undefined) throw new Error("there is no schedule");
  return schedule;
}

async function queuedMessages(): Promise<string[]> {
  const events = await db.select().from(pricingSyncEvents).where(eq(pricingSyncEvents.kind, "queued"));
  return events.map(({ data }) => data.message);
}

test("a tick is one job however many processes look, over many ticks and across a change of clocks", async () => {
  const schedule: NewSchedule = { ...EVERY_HOUR, name: "quarter", rule: "*/15 * * * *", timeZone: "Europe/Berlin" };
  await createSchedule(db, ACTOR, schedule);
  const end = Date.parse(START) + 12 * 3_600_000;
  for (let now = Date.parse(START); now <= end; now += 5 * 60_000) {
    await clock.set(new Date(now + 400).toISOString());
    await tickEverywhere();
  }
  const expected = nextTicks(schedule, START, 100).filter((tick) => Date.parse(tick) <= end);
  const jobs = await listJobs();
  expect(new Set(jobs.map(({ requestId }) => requestId))).toEqual(
    new Set(expected.map((tick) => `schedule:quarter:${tick}`)),
  );
  expect(jobs).toHaveLength(expected.length);
  expect(expected).toHaveLength(48);
  const [queue] = await db.execute<{ entries: number }>(sql`
    select count(*)::int as entries from pgboss.job j join pricing_sync_jobs s on s.queue_entry_id = j.id`);
  expect(queue?.entries).toBe(48);
  expect(await only()).toMatchObject({ lastTick: { at: expected.at(-1), missed: 0 }, lastRun: { status: "queued" } });
});

test("a time that clocks skip runs at the first moment after the gap, one that they show twice runs once", async () => {
  await createSchedule(db, ACTOR, { ...EVERY_HOUR, name: "night", rule: "30 2 * * *", timeZone: "Europe/Berlin" });
  const stops = ["2027-03-28T00:59:59Z", "2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z", "2027-03-29T00:30:00Z"];
  const counts: number[] = [];
  for (const stop of stops) {
    await clock.set(stop);
    await tickEverywhere();
    counts.push((await listJobs()).length);
  }
  expect(counts).toEqual([0, 1, 1, 2]);
  await db.delete(syncSchedules);
  await db.delete(pricingSyncJobs);
  await clock.set("2027-10-30T12:00:00Z");
  await createSchedule(db, ACTOR, { ...EVERY_HOUR, name: "night", rule: "30 2 * * *", timeZone: "Europe/Berlin" });
  for (const stop of ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-10-31T02:30:00Z"]) {
    await clock.set(stop);
    await tickEverywhere();
  }
  expect((await listJobs()).map(({ requestId }) => requestId)).toEqual(["schedule:night:2027-10-31T00:30:00.000Z"]);
});

test("after an outage one job runs for all ticks that were missed, and says so", async () => {
  await createSchedule(db, ACTOR, EVERY_HOUR);
  await clock.set("2027-03-28T06:30:00Z");
  await tickEverywhere();
  expect(await listJobs()).toMatchObject([
    { requestId: "schedule:hourly:2027-03-28T06:00:00.000Z", triggeredBy: "schedule hourly" },
  ]);
  expect(await queuedMessages()).toEqual([
    "Queued by schedule hourly, due at 2027-03-28T06:00:00.000Z; 10 ticks were missed, this run is for all of them",
  ]);
  expect(await only()).toMatchObject({
    lastTick: { at: "2027-03-28T06:00:00.000Z", missed: 10 },
    next: [expect.stringContaining("2027-03-28T07:00"), ...Array.from({ length: 4 }, () => expect.any(String))],
  });
});

test("a schedule that skips runs nothing that is more than a minute late, and goes on with the next tick", async () => {
  await createSchedule(db, ACTOR, { ...EVERY_HOUR, missedPolicy: "skip" });
  await clock.set("2027-03-28T06:01:01Z");
  await tickEverywhere();
  expect(await listJobs()).toEqual([]);
  expect(await listRecorded("schedules.skip")).toMatchObject([
    {
      actor: "schedule hourly",
      target: "hourly",
      reason: "10 ticks were missed since 2027-03-27T21:00:00.000Z, and its policy is to skip them",
    },
  ]);
  expect(await only()).toMatchObject({
    lastTick: { at: "2027-03-28T06:00:00.000Z", missed: 10, skipped: expect.stringContaining("10 ticks") },
    lastRun: null,
  });
  await clock.set("2027-03-28T08:00:59Z");
  expect((await only()).overdueSince).toBe("2027-03-28T07:00:00.000Z");
  await tickEverywhere();
  expect(await listJobs()).toMatchObject([{ requestId: "schedule:hourly:2027-03-28T08:00:00.000Z" }]);
  expect(await queuedMessages()).toEqual([expect.stringContaining("1 tick was missed, and skipped")]);
  expect(await only()).toMatchObject({ overdueSince: null, lastTick: { missed: 1, skipped: null } });
});

test("months of missed ticks are one job, and are counted no further than 500", async () => {
  await createSchedule(db, ACTOR, { ...EVERY_HOUR, rule: "* * * * *" });
  await clock.set("2027-09-01T00:00:30Z");
  await tickEverywhere();
  expect(await queuedMessages()).toEqual([expect.stringContaining("at least 500 ticks were missed")]);
  expect((await only()).next[0]).toBe("2027-09-01T00:01:00.000Z");
});

test("a paused schedule runs nothing, and what it left out while it was paused stays undone", async () => {
  await createSchedule(db, ACTOR, EVERY_HOUR);
  expect(await pauseSchedule(db, ACTOR, { name: "hourly", reason: "a migration" })).toMatchObject({
    outcome: "paused",
  });
  expect(await pauseSchedule(db, ACTOR, { name: "hourly" })).toMatchObject({ outcome: "unchanged" });
  await clock.set("2027-03-27T23:10:00Z");
  await tickEverywhere();
  expect(await only()).toMatchObject({ paused: { by: ACTOR.label, reason: "a migration" }, next: [], lastTick: null });
  await resumeSchedule(db, ACTOR, { name: "hourly" });
  await tickEverywhere();
  expect(await listJobs()).toEqual([]);
  await clock.set("2027-03-28T00:00:00Z");
  await tickEverywhere();
  expect(await listJobs()).toMatchObject([{ requestId: "schedule:hourly:2027-03-28T00:00:00.000Z" }]);
  const audits = await listRecorded();
  expect(audits.map(({ action, actor, reason }) => [action, actor, reason])).toEqual([
    ["schedules.create", ACTOR.label, null],
    ["schedules.pause", ACTOR.label, "a migration"],
    ["schedules.resume", ACTOR.label, null],
  ]);
});

test("a new rule counts from the moment it is set", async () => {
  await createSchedule(db, ACTOR, EVERY_HOUR);
  await clock.set("2027-03-27T20:30:00Z");
  await updateSchedule(db, ACTOR, { name: "hourly", rule: "FREQ=DAILY;BYHOUR=20;BYMINUTE=45" });
  await clock.set("2027-03-27T21:30:00Z");
  await tickEverywhere();
  expect((await listJobs()).map(({ requestId }) => requestId)).toEqual(["schedule:hourly:2027-03-27T20:45:00.000Z"]);
  await expect(updateSchedule(db, ACTOR, { name: "hourly", rule: "FREQ=SECONDLY" })).rejects.toThrow("HOURLY");
  await expect(updateSchedule(db, ACTOR, { name: "hourly", sources: ["nobody"] })).rejects.toThrow("no source called");
  const [audit] = await listRecorded("schedules.update");
  expect(audit).toMatchObject({ before: { rule: "0 * * * *" }, after: { rule: "FREQ=DAILY;BYHOUR=20;BYMINUTE=45" } });
});

test("a rule that can't be followed any more pauses its schedule with the reason, and the others tick", async () => {
  await createSchedule(db, ACTOR, EVERY_HOUR);
  await createSchedule(db, ACTOR, { ...EVERY_HOUR, name: "broken" });
  await db.update(syncSchedules).set({ timeZone: "Mars/Olympus" }).where(eq(syncSchedules.name, "broken"));
  await clock.set("2027-03-27T21:00:01Z");
  await tickEverywhere();
  expect(await listJobs()).toMatchObject([{ triggeredBy: "schedule hourly" }]);
  expect(await listSchedules(db)).toMatchObject([
    { name: "broken", paused: { by: "schedule broken", reason: expect.stringContaining("Mars/Olympus") }, next: [] },
    { name: "hourly", paused: null },
  ]);
});

test("a rule that has come to its end runs no more", async () => {
  await createSchedule(db, ACTOR, { ...EVERY_HOUR, rule: "FREQ=DAILY;BYHOUR=21;UNTIL=20270327" });
  for (const now of ["2027-03-27T21:00:00Z", "2027-03-28T21:00:00Z"]) {
    await clock.set(now);
    await tickEverywhere();
  }
  expect(await listJobs()).toHaveLength(1);
  expect(await only()).toMatchObject({ next: [], paused: null });
});

test("a tick that comes a second time, because a clock was set back, is the job it was", async () => {
  await createSchedule(db, ACTOR, EVERY_HOUR);
  await clock.set("2027-03-27T21:00:00Z");
  await tickEverywhere();
  await removeSchedule(db, ACTOR, { name: "hourly" });
  await clock.set("2027-03-27T20:50:00Z");
  await createSchedule(db, ACTOR, EVERY_HOUR);
  await clock.set("2027-03-27T21:00:00Z");
  await tickEverywhere();
  expect(await listJobs()).toHaveLength(1);
  expect((await only()).next[0]).toBe("2027-03-27T22:00:00.000Z");
});

test("a schedule reads the sources it names as long as they are enabled", async () => {
  for (const name of ["one", "two"])
    await addSource(db, ACTOR, { name, kind: "openrouter", url: `https://${name}.example/` });
  await createSchedule(db, ACTOR, { ...EVERY_HOUR, sources: ["one", "two"] });
  await enableSource(db, ACTOR, { name: "one", enabled: false });
  await clock.set("2027-03-27T21:00:00Z");
  await tickEverywhere();
  await enableSource(db, ACTOR, { name: "two", enabled: false });
  for (const now of ["2027-03-27T22:00:00Z", "2027-03-27T23:00:00Z"]) {
    await clock.set(now);
    await tickEverywhere();
  }
  expect(await listJobs()).toMatchObject([{ sources: ["two"] }]);
  expect((await only()).lastTick).toMatchObject({ skipped: "All of its sources are disabled" });
  // A source that was disabled since may stay; another one that is can't be added.
  await updateSchedule(db, ACTOR, { name: "hourly", sources: ["one", "two"], missedPolicy: "skip" });
  await addSource(db, ACTOR, { name: "three", kind: "openrouter", url: "https://three.example/" });
  await enableSource(db, ACTOR, { name: "three", enabled: false });
  await expect(updateSchedule(db, ACTOR, { name: "hourly", sources: ["one", "three"] })).rejects.toThrow("is disabled");
  expect(await listRecorded("schedules.skip")).toMatchObject([{ reason: "All of its sources are disabled" }]);
  const [{ queue } = { queue: undefined }] = processes;
  if (queue === undefined) throw new Error("no process");
  await expect(runSchedule({ db, queue }, ACTOR, { name: "hourly" })).rejects.toThrow("sources are disabled");
});

test("the first schedule is there from the start, once, and one that was deleted stays away", async () => {
  await Promise.all(processes.map((process) => seedSchedules(process.db)));
  expect(await only()).toMatchObject({
    name: "every-hour",
    words: "Every hour",
    next: ["2027-03-27T21:00:00.000Z", ...Array.from({ length: 4 }, () => expect.any(String))],
  });
  await removeSchedule(db, ACTOR, { name: "every-hour" });
  await seedSchedules(db);
  expect(await listSchedules(db)).toEqual([]);
});
