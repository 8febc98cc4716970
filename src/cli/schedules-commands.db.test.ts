import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditLog } from "#/access/schema.ts";
import type { Principal } from "#/access/principal.ts";
import { appRouter } from "#/api/router.ts";
import { createCallerFactory, type ApiDeps } from "#/api/trpc.ts";
import type { ScheduleView } from "#/cli/api-types.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { eventually } from "#/testing/eventually.ts";
import { openDoors } from "#/testing/open-doors.ts";
import { openTerminal } from "#/testing/open-terminal.ts";
import { fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";
import { syncSchedules } from "#/schedules/schema.ts";
import type { Role } from "#/terms/role.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let terminal: ReturnType<typeof openTerminal>;

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  terminal = openTerminal(await doors.listen());
  await world.startWorker("worker/1");
  await world.startWorker("worker/2");
  await world.addSource("mine", () => fetched(openrouterDocument({ "c/one": ["0.000001", "0.000004"] })));
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

const ratebook = (...args: string[]) => terminal.ratebook("schedules", ...args);
const ask = async <T>(...args: string[]) => terminal.ask<T>("schedules", ...args);

test("an admin looks at a rule first, adds it, edits it, pauses it and takes it away, from a terminal", async () => {
  expect(await ratebook("list")).toMatchObject({ code: 0, stdout: expect.stringContaining("No schedules.") });
  const preview = await ratebook("preview", "--rule", "30 9 * * MON-FRI", "--zone", "Asia/Kathmandu");
  expect(preview).toMatchObject({ code: 0, stderr: expect.stringContaining("Nothing was written") });
  expect(preview.stdout).toMatch(/^At 09:30, Monday through Friday\n(?: {2}\d{4}-\d\d-\d\d 03:45:00 UTC\n){5}$/);
  expect(await ratebook("add", "nightly", "--rule", "0 2 * * *", "--dry-run")).toMatchObject({ code: 0 });
  expect((await ask<{ schedules: unknown[] }>("list")).schedules).toEqual([]);

  const added = await ask<ScheduleView>("add", "nightly", "--rule", "0 2 * * *", "--source", "mine");
  expect(added).toMatchObject({
    timeZone: "UTC",
    sources: ["mine"],
    missedPolicy: "run_once",
    next: Array.from({ length: 5 }, () => expect.stringMatching(/T02:00:00\.000Z$/)),
    lastTick: null,
    lastRun: null,
    createdBy: "key:bootstrap",
  });
  expect(await ratebook("add", "nightly", "--rule", "0 2 * * *")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is a schedule called "nightly" already'),
  });
  const dry = await ratebook("edit", "nightly", "--zone", "Asia/Kathmandu", "--dry-run");
  expect(dry.stdout).toContain("20:15:00 UTC");
  const edited = await ask<ScheduleView>("edit", "nightly", "--rule", "FREQ=DAILY;BYHOUR=3", "--all-sources");
  expect(edited).toMatchObject({ words: "Every day, at 03:00", timeZone: "UTC", sources: null });
  expect(await ratebook("edit", "nightly")).toMatchObject({ code: 1, stderr: expect.stringContaining("Say what") });

  expect(await ask("pause", "nightly", "--reason", "the seller moves")).toMatchObject({
    next: [],
    paused: { by: "key:bootstrap", reason: "the seller moves" },
  });
  expect((await ratebook("list")).stdout).toContain("by key:bootstrap: the seller moves");
  expect(await ask("resume", "nightly")).toMatchObject({ paused: null });
  expect(await ask("remove", "nightly")).toEqual({ name: "nightly" });
  expect(await ratebook("remove", "nightly")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no schedule"),
  });
  const audits = await world.db.select().from(auditLog).where(eq(auditLog.target, "nightly"));
  expect(audits.map(({ action }) => action.replace("schedules.", ""))).toEqual([
    "create",
    "update",
    "pause",
    "resume",
    "remove",
  ]);
});

test("a rule, zone or source that can't be used is refused in words that help", async () => {
  for (const [args, words] of [
    [["--rule", "* * * *"], "five fields"],
    [["--rule", "61 * * * *"], "61"],
    [["--rule", "FREQ=SECONDLY"], "HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY"],
    [["--rule", "0 0 30 2 *"], "no time in the next ten years"],
    [["--rule", "0 0 * * *", "--zone", "Mars/Olympus"], "is no time zone"],
    [["--rule", "0 0 * * *", "--source", "nobody"], 'no source called "nobody"'],
    [["--rule", "0,".repeat(300)], "400"],
  ] as const) {
    expect(await ratebook("add", "bad", ...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
  }
  expect((await ask<{ schedules: unknown[] }>("list")).schedules).toEqual([]);
});

test("of two workers one queues the tick, and the run's outcome is told with the schedule", async () => {
  await ask("add", "minutely", "--rule", "* * * * *", "--source", "mine");
  const tick = new Date(Math.floor(Date.now() / 60_000) * 60_000);
  await world.db.update(syncSchedules).set({ nextTickAt: tick });
  const { lastRun } = await eventually("the tick has run", async () => {
    const { schedules } = await ask<{ schedules: ScheduleView[] }>("list");
    return schedules.find((schedule) => schedule.lastRun?.status === "success");
  });
  const jobs = await world.db
    .select()
    .from(pricingSyncJobs)
    .where(eq(pricingSyncJobs.triggeredBy, "schedule minutely"));
  const ticks = jobs.map(({ requestId }) => requestId);
  expect(new Set(ticks).size).toBe(ticks.length);
  // The minute may be over before it is looked at: then that tick and the next one are one job, named by the later one.
  const next = new Date(tick.getTime() + 60_000);
  const wanted = [tick, next].map((at) => `schedule:minutely:${at.toISOString()}`);
  expect(ticks.some((requestId) => wanted.includes(requestId ?? ""))).toBe(true);
  expect(jobs.map(({ jobId }) => jobId)).toContain(lastRun?.jobId);
  expect((await ratebook("list")).stdout).toMatch(/Every minute +UTC +mine .* success/);

  const byHand = await ask<{ jobId: string }>("run", "minutely", "--request-id", "once");
  expect(await ask("run", "minutely", "--request-id", "once")).toEqual({ ...byHand, outcome: "already_queued" });
  expect(await world.ended(byHand.jobId)).toMatchObject({ status: "success", triggeredBy: "key:bootstrap" });
  const [event] = await world.db.execute<{ message: string }>(
    sql`select data ->> 'message' as message from pricing_sync_events where job_id = ${byHand.jobId} and kind = 'queued'`,
  );
  expect(event?.message).toBe("Queued by key:bootstrap, by hand from the schedule minutely");
  await ask("remove", "minutely");
});

test("a viewer looks, an operator runs one now, and only an admin changes one", async () => {
  const prices = { refresh: async () => {} };
  const deps = { db: world.db, queue: world.queue, prices } as ApiDeps;
  const as = (role: Role) => {
    const principal: Principal = { kind: "user", id: role, label: `${role}@example.com`, role };
    return createCallerFactory(appRouter)({ deps, principal, requestId: "r", countGuess: async () => {} }).schedules;
  };
  await as("admin").create({ name: "daily", rule: "0 0 * * *" });
  expect((await as("viewer").list()).schedules).toHaveLength(1);
  expect(await as("viewer").preview({ rule: "0 0 * * *" })).toMatchObject({ words: "At 00:00" });
  await expect(as("viewer").runNow({ name: "daily" })).rejects.toThrow('needs the role "operator"');
  expect(await as("operator").runNow({ name: "daily" })).toMatchObject({ outcome: "queued" });
  for (const refused of [
    as("operator").create({ name: "mine", rule: "0 0 * * *" }),
    as("operator").update({ name: "daily", rule: "0 1 * * *" }),
    as("operator").pause({ name: "daily" }),
    as("operator").resume({ name: "daily" }),
    as("operator").remove({ name: "daily" }),
  ])
    await expect(refused).rejects.toThrow('needs the role "admin"');
  await as("admin").remove({ name: "daily" });
});
