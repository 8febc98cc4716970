import { readdir, readFile } from "node:fs/promises";
import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { auditLog } from "#/access/schema.ts";
import { createSchedule } from "#/schedules/create-schedule.ts";
import { pauseSchedule } from "#/schedules/pause-schedule.ts";
import { syncSchedules } from "#/schedules/schema.ts";
import { addSource } from "#/sources/add-source.ts";
import { enableSource } from "#/sources/enable-source.ts";
import { sources } from "#/sources/schema.ts";
import { seedSources } from "#/sources/seed-sources.ts";
import { ACTOR } from "#/testing/sync-world.ts";
import { openTestDatabase } from "#/testing/test-database.ts";

const SEED = { kind: "system", id: "seed", label: "ratebook", role: "admin" } as const;
const OLD_DEFAULT = {
  name: "every-6-hours",
  rule: "0 */6 * * *",
  timeZone: "UTC",
  sources: null,
  missedPolicy: "run_once",
} as const;

let database: Awaited<ReturnType<typeof openTestDatabase>>;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

/** What the upgrade does to the tables as they stand. A source had a number for its rank then. */
async function upgrade(): Promise<void> {
  const file = (await readdir("drizzle")).find((name) => name.endsWith("_hourly_catalogues.sql")) ?? "";
  const text = await readFile(`drizzle/${file}`, "utf8");
  await database.db.execute(sql`alter table sources add column trust integer not null default 100`);
  for (const statement of text.split("--> statement-breakpoint")) await database.db.execute(sql.raw(statement));
  await database.db.execute(sql`alter table sources drop column trust`);
}

const listSources = () =>
  database.db
    .select({ name: sources.name, enabled: sources.enabled })
    .from(sources)
    .orderBy(sql`source_rank(${sources.name})`);
const listRules = () => database.db.select({ name: syncSchedules.name, rule: syncSchedules.rule }).from(syncSchedules);

test("a new book reads the three catalogues that count most, OpenRouter among them, and genai-prices last", async () => {
  await upgrade();
  expect(await listSources()).toEqual([]);
  await seedSources(database.db);
  expect((await listSources()).map(({ name }) => name)).toEqual([
    "litellm",
    "models-dev",
    "openrouter",
    "genai-prices",
  ]);
});

test("a book that has sources is given genai-prices once, ranked last, and keeps what an operator made of it", async () => {
  const { db } = database;
  await addSource(db, ACTOR, { name: "ours", kind: "openrouter" });
  await upgrade();
  expect(await listSources()).toEqual([
    { name: "ours", enabled: true },
    { name: "genai-prices", enabled: true },
  ]);
  const recorded = await db.select().from(auditLog).where(eq(auditLog.target, "genai-prices"));
  expect(recorded).toMatchObject([{ action: "sources.add", actor: "ratebook" }]);
  await enableSource(db, ACTOR, { name: "genai-prices", enabled: false });
  await seedSources(db);
  expect((await listSources()).at(-1)).toEqual({ name: "genai-prices", enabled: false });
  await db.delete(sources).where(eq(sources.name, "genai-prices"));
  await seedSources(db);
  expect(await listSources()).toEqual([{ name: "ours", enabled: true }]);
});

test("a source that is called genai-prices already stays as it is", async () => {
  const { db } = database;
  await addSource(db, ACTOR, { name: "genai-prices", kind: "genai-prices", url: "https://mirror.example/data.json" });
  await enableSource(db, ACTOR, { name: "genai-prices", enabled: false });
  await upgrade();
  expect(await db.select({ url: sources.url, enabled: sources.enabled }).from(sources)).toEqual([
    { url: "https://mirror.example/data.json", enabled: false },
  ]);
});

test("an upgrade moves the default schedule to every hour, and says so in the record", async () => {
  const { db } = database;
  await createSchedule(db, SEED, OLD_DEFAULT);
  await upgrade();
  const [moved] = await db.select().from(syncSchedules);
  expect(moved).toMatchObject({ name: "every-hour", rule: "0 * * * *", pausedAt: null });
  const minutes = ((moved?.nextTickAt?.getTime() ?? 0) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(-1);
  expect(minutes).toBeLessThanOrEqual(60);
  expect(moved?.nextTickAt?.getTime()).toSatisfy((instant: number) => instant % 3_600_000 === 0);
  const recorded = await db.select().from(auditLog).where(eq(auditLog.action, "schedules.update"));
  expect(recorded).toMatchObject([{ target: "every-hour", before: { name: "every-6-hours" } }]);
});

test("an upgrade leaves a default schedule alone that an operator has changed or paused", async () => {
  const { db } = database;
  const changed = { ...OLD_DEFAULT, rule: "0 */12 * * *" };
  await createSchedule(db, SEED, changed);
  await upgrade();
  expect(await listRules()).toEqual([{ name: "every-6-hours", rule: "0 */12 * * *" }]);
  await db.delete(syncSchedules);
  await createSchedule(db, SEED, OLD_DEFAULT);
  await pauseSchedule(db, ACTOR, { name: "every-6-hours", reason: "a quiet week" });
  await upgrade();
  expect(await listRules()).toEqual([{ name: "every-6-hours", rule: "0 */6 * * *" }]);
});
