import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addSource } from "#/sources/add-source.ts";
import { enableSource } from "#/sources/enable-source.ts";
import { createSchedule } from "#/schedules/create-schedule.ts";
import { nextTicks } from "#/schedules/next-ticks.ts";
import { seedSchedules } from "#/schedules/seed-schedules.ts";
import { openDatabase, type Database } from "#/platform/database.ts";
import { eventually } from "#/testing/eventually.ts";
import { startProcess, type StartedProcess } from "#/testing/open-stack.ts";
import { steerDatabaseClock } from "#/testing/steered-clock.ts";
import { ACTOR } from "#/testing/sync-world.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";
import { syncSchedules } from "#/schedules/schema.ts";

const START = "2027-10-30T22:10:00Z";
const TICKS = 12;

let own: TestDatabase;
let clock: Awaited<ReturnType<typeof steerDatabaseClock>>;
let database: Database;
const workers: StartedProcess[] = [];

beforeAll(async () => {
  own = await openTestDatabase();
  clock = await steerDatabaseClock(own, START);
  database = openDatabase(own.url, { max: 2, name: "test" });
  // A book that knows a source is given no others, and a run without an enabled one ends at once, as failed.
  await addSource(database.db, ACTOR, { name: "off", kind: "openrouter", url: "https://off.example/" });
  await enableSource(database.db, ACTOR, { name: "off", enabled: false });
  await seedSchedules(database.db);
  await database.db.delete(syncSchedules);
});
afterAll(async () => {
  for (const worker of workers) await worker.stop("SIGKILL");
  await database.close();
  await own.close();
});

async function startWorkerProcess(): Promise<StartedProcess> {
  const env = { ROLE: "worker", DATABASE_URL: own.url, LOG_LEVEL: "warn", SYNC_LOCK_TTL_SECONDS: "5" };
  const worker = await startProcess({ entry: "src/server.ts", env, ready: /worker is ready/ });
  workers.push(worker);
  return worker;
}

test("three worker processes, one of them killed on the way, run every tick once and none twice", async () => {
  const { db } = database;
  const schedule = { name: "often", rule: "*/20 * * * *", timeZone: "Europe/Berlin" };
  await createSchedule(db, ACTOR, { ...schedule, sources: null, missedPolicy: "run_once" });
  const [first] = await Promise.all([startWorkerProcess(), startWorkerProcess(), startWorkerProcess()]);
  const ticks = nextTicks(schedule, START, TICKS);
  for (const [index, tick] of ticks.entries()) {
    if (index === TICKS / 2) await first?.stop("SIGKILL");
    await clock.set(tick);
    await eventually(`the tick at ${tick} has run`, async () => {
      const [row] = await db.execute(sql`
        select 1 from pricing_sync_jobs where request_id = ${`schedule:often:${tick}`} and completed_at is not null`);
      return row;
    });
  }
  const jobs = await db.execute<{ tick: string; jobs: number }>(sql`
    select request_id as tick, count(*)::int as jobs from pricing_sync_jobs group by 1`);
  expect(new Map(jobs.map((row) => [row.tick, row.jobs]))).toEqual(
    new Map(ticks.map((tick) => [`schedule:often:${tick}`, 1])),
  );
}, 120_000);
