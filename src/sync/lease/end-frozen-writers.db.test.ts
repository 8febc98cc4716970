import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase, type Database } from "#/platform/database.ts";
import { endFrozenWriters } from "#/sync/lease/end-frozen-writers.ts";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import { acquireLease, type Lease } from "#/sync/lease/lease.ts";
import { eventually } from "#/testing/eventually.ts";
import { openFaultProxy, type FaultProxy } from "#/testing/fault-proxy.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

const LEASE_MS = 1_000;
let database: TestDatabase;
let proxy: FaultProxy;
let writer: Database;

beforeEach(async () => {
  database = await openTestDatabase();
  const url = new URL(database.url);
  const port = Number(url.port);
  proxy = await openFaultProxy(() => port);
  url.port = String(proxy.port);
  writer = openDatabase(url.href, { max: 1, name: "writer" });
});
afterEach(async () => {
  proxy.setMode({ kind: "reset" });
  await writer.sql.end({ timeout: 0 });
  await proxy.close();
  await database.close();
});

async function acquire(): Promise<Lease | undefined> {
  const owner = randomUUID();
  return acquireLease(database.db, { owner, worker: "host/1", jobId: owner, leaseMs: LEASE_MS });
}

async function waitsFor(event: string): Promise<boolean> {
  const rows = await database.db.execute(sql`select 1 from pg_stat_activity
    where datname = current_database() and application_name = 'ratebook writer' and state = 'active' and wait_event = ${event}`);
  return rows.length > 0;
}

test("a holder that froze in the middle of a statement is ended once its lease has run out, and not before", async () => {
  const lease = await acquire();
  if (lease === undefined) throw new Error("the lease is busy");
  const frozen = fencedTransaction({ db: writer.db, leaseMs: LEASE_MS }, lease, async (tx) => {
    // What the database answers is never heard, as by a process that does not run.
    proxy.setMode({ kind: "one-way" });
    await tx.execute(sql`select ${1}::int`);
  });
  const failure = expect(frozen).rejects.toThrow();
  await eventually("it has asked for half a statement", () => waitsFor("ClientRead"));
  expect(await endFrozenWriters(database)).toBe(0);
  await database.db.execute(sql`select pg_sleep(${(LEASE_MS + 300) / 1_000})`);
  expect(await waitsFor("ClientRead")).toBe(true);
  expect(await endFrozenWriters(database)).toBe(1);
  const next = await eventually("it is taken over", acquire);
  expect(next.fence).toBeGreaterThan(lease.fence);
  proxy.setMode({ kind: "pass" });
  await failure;
});

test("a holder that works on a long statement is left alone, also after its lease has run out", async () => {
  const lease = await acquire();
  if (lease === undefined) throw new Error("the lease is busy");
  const working = fencedTransaction({ db: writer.db, leaseMs: LEASE_MS }, lease, async (tx) => {
    await tx.execute(sql`select pg_sleep(${(LEASE_MS + 800) / 1_000})`);
    return "done";
  });
  await database.db.execute(sql`select pg_sleep(${(LEASE_MS + 200) / 1_000})`);
  expect(await waitsFor("PgSleep")).toBe(true);
  expect(await endFrozenWriters(database)).toBe(0);
  expect(await working).toBe("done");
});
