import { asc, eq, sql } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { triggerRevert } from "#/sync/jobs/trigger-revert.ts";
import { cancelSync } from "#/sync/jobs/cancel-sync.ts";
import { pricingSyncEvents } from "#/sync/schema.ts";
import { eventually } from "#/testing/eventually.ts";
import { ACTOR, fetched, openGate, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
afterEach(() => world.close());

/** Keeps one source's row locked until `release` is called, as a person's decision does for a moment. */
async function lockSource(name: string) {
  const free = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = world.db.transaction(async (tx) => {
    await tx.execute(sql`select from sources where name = ${name} for update`);
    locked.resolve();
    await free.promise;
  });
  await locked.promise;
  return async () => {
    free.resolve();
    await holding;
  };
}

async function waitsForLock(): Promise<boolean> {
  const rows = await world.db.execute(sql`
    select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%no key update%'`);
  return rows.length > 0;
}

async function kindsOf(jobId: string): Promise<string[]> {
  const rows = await world.db
    .select({ kind: pricingSyncEvents.kind })
    .from(pricingSyncEvents)
    .where(eq(pricingSyncEvents.jobId, jobId))
    .orderBy(asc(pricingSyncEvents.id));
  return rows.map(({ kind }) => kind);
}

test("a cancelled run ends when what it began has ended, and nothing of it comes after its end", async () => {
  world = await openSyncWorld({ leaseMs: 10_000 });
  const aborted = Promise.withResolvers<void>();
  await world.addSource("writes", () => fetched(openrouterDocument({ "a/b": ["0.000001", "0.000002"] })));
  await world.addSource("reads", async ({ signal }) => {
    await openGate().wait(signal);
    aborted.resolve();
    return fetched(openrouterDocument({ "r/b": ["0.000001", "0.000002"] }));
  });
  await world.startWorker();
  const release = await lockSource("writes");
  const { jobId } = await world.trigger();
  await eventually("its transaction waits for the row", waitsForLock);
  await cancelSync(world, ACTOR, { jobId });
  await aborted.promise;
  // The other source has stopped long ago; the transaction under way is still waited for.
  for (let turn = 0; turn < 20; turn += 1) await world.db.execute(sql`select pg_sleep(0.02)`);
  expect(await kindsOf(jobId)).not.toContain("ended");
  await release();
  expect(await world.ended(jobId)).toMatchObject({ status: "cancelled", log: [] });
  expect((await kindsOf(jobId)).at(-1)).toBe("ended");
  expect(await world.db.execute(sql`select count(*)::int as prices from model_pricing`)).toEqual([{ prices: 0 }]);
});

test("a source is never asked twice at once, also when another one breaks and the run begins anew", async () => {
  world = await openSyncWorld({ leaseMs: 10_000 });
  let [atOnce, most, tries] = [0, 0, 0];
  const gate = openGate();
  await world.addSource("slow", async ({ signal }) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await gate.wait(signal);
    // Closing a connection takes a moment.
    await world.db.execute(sql`select pg_sleep(0.3)`);
    atOnce -= 1;
    return fetched(openrouterDocument({ "s/b": ["0.000001", "0.000002"] }));
  });
  await world.addSource("breaks", () => {
    tries += 1;
    if (tries === 1) throw new Error("nobody expected this");
    gate.open();
    return fetched(openrouterDocument({ "t/b": ["0.000001", "0.000002"] }));
  });
  await world.startWorker();
  const { jobId } = await world.trigger();
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 2 });
  expect(most).toBe(1);
});

test("what a run did at each source is kept whole, however many sources end at once", async () => {
  world = await openSyncWorld();
  const names = Array.from({ length: 9 }, (_, index) => `source-${index}`);
  let input = "0.000001";
  for (const name of names)
    await world.addSource(name, () => fetched(openrouterDocument({ [`${name}/m`]: [input, "0.000004"] })));
  await world.startWorker();
  await world.ended((await world.trigger()).jobId);
  input = "0.000002";
  const changed = await world.ended((await world.trigger()).jobId);
  expect(Object.keys(changed.result?.sources ?? {})).toEqual(names);
  for (let turn = 0; turn < 3; turn += 1) {
    const input = { jobId: changed.jobId, reason: "to see it", dryRun: true };
    const dry = await world.ended((await triggerRevert(world, ACTOR, input)).jobId);
    const totals = Object.values(dry.result?.sources ?? {}).map(({ changesTotal }) => changesTotal);
    expect(totals).toEqual(names.map(() => 1));
  }
});

test("a job's own row does not grow with what it did", async () => {
  world = await openSyncWorld();
  const models = Array.from({ length: 600 }, (_, index) => [`a/m${index}`, ["0.000001", "0.000004"] as const]);
  await world.addSource("many", () => fetched(openrouterDocument(Object.fromEntries(models))));
  await world.startWorker();
  const { jobId } = await world.trigger({ dryRun: true });
  expect((await world.ended(jobId)).result?.sources["many"]).toMatchObject({ changesTotal: 600 });
  const [row] = await world.db.execute(sql`
    select octet_length(to_jsonb(j)::text) < 4000 as small from pricing_sync_jobs j where job_id = ${jobId}::text::uuid`);
  expect(row).toEqual({ small: true });
});
