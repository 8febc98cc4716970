import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { getSync, listSyncs } from "#/sync/jobs/list-syncs.ts";
import { stripInput, stripSyncs } from "#/sync/jobs/strip-syncs.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { NO_COUNTS } from "#/terms/progress.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.delete(pricingSyncJobs);
});

type Job = Partial<typeof pricingSyncJobs.$inferInsert>;

async function addJob(job: Job = {}): Promise<string> {
  const values = { triggeredBy: "ann@example.com", status: "success" as const, ...job };
  const [row] = await database.db.insert(pricingSyncJobs).values(values).returning({ jobId: pricingSyncJobs.jobId });
  if (row === undefined) throw new Error("the job was not written");
  return row.jobId;
}

async function list(filter: Omit<Parameters<typeof listSyncs>[1], "limit"> = {}): Promise<string[]> {
  const { syncs } = await listSyncs(database.db, { limit: 200, ...filter });
  return syncs.map(({ jobId }) => jobId);
}

test("runs are filtered by several states at once", async () => {
  const failed = await addJob({ status: "failed" });
  const partial = await addJob({ status: "partial" });
  await addJob({ status: "success" });
  expect(await list({ statuses: ["failed", "partial"] })).toEqual([partial, failed]);
});

test("a dry run is of the kind dry run alone, whatever it tries", async () => {
  const sync = await addJob();
  const dryRun = await addJob({ input: { dryRun: true } });
  const revert = await addJob({ kind: "revert" });
  const dryRevert = await addJob({ kind: "revert", input: { dryRun: true } });
  expect(await list({ kinds: ["sync"] })).toEqual([sync]);
  expect(await list({ kinds: ["dry_run"] })).toEqual([dryRevert, dryRun]);
  expect(await list({ kinds: ["revert", "sync"] })).toEqual([revert, sync]);
});

test("a source finds the runs that asked for it, and those of all sources that it took part in", async () => {
  const asked = await addJob({ sources: ["mine"] });
  const tookPart = await addJob({ progress: { sources: { mine: { phase: "waiting" } } } });
  await addJob({ sources: ["other"], progress: { sources: { other: { phase: "waiting" } } } });
  await addJob();
  expect(await list({ source: "mine" })).toEqual([tookPart, asked]);
});

test("who started a run is found by a part of the name in any case, and no letter is a wildcard", async () => {
  const ann = await addJob();
  await addJob({ triggeredBy: "key:deploy" });
  expect(await list({ by: "ANN@" })).toEqual([ann]);
  expect(await list({ by: "%" })).toEqual([]);
});

test("a span of time holds its first instant and not its last, and filters work together", async () => {
  const at = (day: number) => new Date(Date.UTC(2026, 0, day));
  const first = await addJob({ triggeredAt: at(1) });
  await addJob({ triggeredAt: at(1), status: "failed" });
  await addJob({ triggeredAt: at(2) });
  const span = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" };
  expect(await list(span)).toHaveLength(2);
  expect(await list({ ...span, statuses: ["success"] })).toEqual([first]);
});

test("paging a filtered list shows each run once, also when runs share an instant and new ones arrive", async () => {
  const triggeredAt = new Date("2026-01-01T00:00:00Z");
  const before = await Promise.all(Array.from({ length: 7 }, () => addJob({ triggeredAt })));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listSyncs>> = await listSyncs(database.db, {
      limit: 2,
      statuses: ["success"],
      cursor: cursor ?? undefined,
    });
    seen.push(...page.syncs.map(({ jobId }) => jobId));
    cursor = page.nextCursor;
    await addJob();
  } while (cursor !== null);
  expect(seen.toSorted()).toEqual(before.toSorted());
});

test("a row says in words who started the run, and what its sources came to", async () => {
  const retryOf = await addJob({ triggeredBy: "schedule nightly" });
  const counts = { ...NO_COUNTS, changed: 2, created: 3, held: 4, rejected: 5 };
  await addJob({
    triggeredBy: "key:deploy",
    progress: {
      sources: {
        one: { phase: "done", outcome: "applied", counts },
        two: { phase: "done", outcome: "failed", counts: { ...NO_COUNTS, rejected: 1 } },
        three: { phase: "fetching" },
      },
    },
  });
  await addJob({ retryOf });
  const { syncs } = await listSyncs(database.db, { limit: 3 });
  expect(syncs).toMatchObject([
    { trigger: "retry", startedBy: "ann@example.com" },
    {
      trigger: "key",
      startedBy: "API key deploy",
      counts: { changed: 2, new: 3, held: 4, rejected: 6 },
      sourceOutcomes: expect.arrayContaining([
        { source: "one", outcome: "applied" },
        { source: "two", outcome: "failed" },
        { source: "three", outcome: null },
      ]),
    },
    { trigger: "schedule", startedBy: "Schedule nightly", counts: { changed: 0 }, sourceOutcomes: [] },
  ]);
});

test("a run is found by who started it, as its row says it and as it is written down", async () => {
  for (const triggeredBy of ["key:found", "schedule found", "calendar", "found@example.com"]) {
    const jobId = await addJob({ triggeredBy });
    const { startedBy } = await getSync(database.db, jobId);
    for (const by of [startedBy, triggeredBy]) {
      const { syncs } = await listSyncs(database.db, { limit: 1, by });
      expect(
        syncs.map((sync) => sync.jobId),
        by,
      ).toEqual([jobId]);
    }
  }
});

test("a strip has every day of the reader's zone, oldest first, with how its runs ended", async () => {
  const today = await database.db.execute(sql`
    select (clock_timestamp() at time zone 'Pacific/Auckland')::date::timestamp at time zone 'Pacific/Auckland' as midnight,
      to_char(clock_timestamp() at time zone 'Pacific/Auckland', 'YYYY-MM-DD') as day`);
  const [{ midnight, day } = { midnight: "", day: "" }] = [...today];
  const midnightMs = new Date(String(midnight)).getTime();
  await addJob({ triggeredAt: new Date(midnightMs), status: "failed" });
  await addJob({ triggeredAt: new Date(midnightMs), status: "running" });
  await addJob({ triggeredAt: new Date(midnightMs - 1_000), status: "partial" });
  await addJob({ triggeredAt: new Date(midnightMs - 1_000), triggeredBy: "key:deploy" });
  await addJob({ triggeredAt: new Date(midnightMs - 40 * 86_400_000) });

  const strip = (input: object) =>
    stripSyncs(database.db, stripInput.parse({ timeZone: "Pacific/Auckland", ...input }));
  const days = await strip({});
  expect(days).toHaveLength(30);
  expect(days.map((one) => one.day)).toEqual(days.map((one) => one.day).toSorted());
  expect(days.slice(-2)).toMatchObject([
    { success: 1, partial: 1, failed: 0, cancelled: 0 },
    { day, success: 0, partial: 0, failed: 1, cancelled: 0 },
  ]);
  expect(days.slice(0, -2).every(({ success }) => success === 0)).toBe(true);
  expect(await strip({ days: 2, by: "key:" })).toMatchObject([{ success: 1, partial: 0 }, { failed: 0 }]);
});

test("a strip refuses a zone that does not exist", () => {
  expect(stripInput.safeParse({ timeZone: "Mars/Olympus" }).success).toBe(false);
  expect(stripInput.safeParse({ timeZone: "+01:00" }).success).toBe(false);
  // An older name, as some browsers still say it.
  expect(stripInput.safeParse({ timeZone: "Asia/Calcutta" }).success).toBe(true);
});
