import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { sql as statement } from "drizzle-orm";
import { createRandom, type Random } from "#/market/random.ts";
import { openDatabase, type Db } from "#/platform/database.ts";
import { acquireLease, releaseLease, renewLease, type Lease } from "#/sync/lease/lease.ts";
import type { Fault } from "#/testing/chaos/fault.ts";
import type { World } from "#/testing/chaos/world.ts";

const LEASE_MS = 60;
const TRIES = 2;

// A holder trusts its lease from when it asked, for as long as it asked for, unless it gave it back before.
const TRUST_OVERLAPS = `
  select c.fence || ' was trusted when ' || l.fence || ' was granted' as what
  from chaos.claims c join chaos.lock_changes l
    on l.fence > c.fence and l.fence <> l.old_fence and l.owner is not null and l.at < c.trusted_until`;

/** Many at once on one lease, by statements alone and in transactions that were open for a while. */
export const contenders: Fault = {
  name: "contenders on the lease",
  async run({ postgres, random, length }, world) {
    const [count, rounds] = length === "long" ? [50, 200] : [10, 40];
    await world.sql`create table chaos.claims (fence bigint, trusted_until timestamptz)`;
    const database = openDatabase(world.urlOn(postgres.port()), { max: count, name: "contenders" });
    const seed = random.integer(0, 1e9);
    try {
      for (let round = 0; round < rounds; round += 1) {
        const draws = Array.from({ length: count }, (_, index) => createRandom(seed, round, index));
        await Promise.all(draws.map((draw) => contend(database.db, world, draw)));
      }
    } finally {
      await database.close();
    }
    const overlaps = await world.sql.unsafe<{ what: string }[]>(TRUST_OVERLAPS);
    await world.startServer("worker");
    return { rounds, failures: overlaps.map(({ what }) => what) };
  },
};

async function contend(db: Db, world: World, random: Random): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const granted = random.chance(50) ? await ask(db) : await askLateInTransaction(db, random.integer(0, 100));
    if (granted === undefined) {
      await sleep(random.integer(0, 10));
      continue;
    }
    const trustedUntil = await hold(db, granted, random);
    await world.sql`insert into chaos.claims values (${String(granted.lease.fence)}, ${trustedUntil}::text::timestamptz)`;
  }
}

type Granted = Readonly<{ lease: Lease; askedAt: string }>;

async function ask(db: Db): Promise<Granted | undefined> {
  const askedAt = await databaseTime(db);
  const owner = randomUUID();
  const lease = await acquireLease(db, { owner, worker: "contender/1", jobId: owner, leaseMs: LEASE_MS });
  return lease === undefined ? undefined : { lease, askedAt };
}

function askLateInTransaction(db: Db, lateMs: number): Promise<Granted | undefined> {
  return db.transaction(async (tx) => {
    await tx.execute(statement`select pg_sleep(${lateMs / 1_000})`);
    return ask(tx);
  });
}

/** Gives it back at once, or after a renewal, or lets it run out. Answers until when it was trusted. */
async function hold(db: Db, { lease, askedAt }: Granted, random: Random): Promise<string> {
  const choice = random.integer(0, 2);
  if (choice === 0) return trustedUntil(db, askedAt);
  const renewedAt = await databaseTime(db);
  const isHeld = choice === 1 || (await renewLease(db, lease, LEASE_MS));
  const before = isHeld ? await databaseTime(db) : await trustedUntil(db, askedAt);
  const end = await earlier(db, before, await trustedUntil(db, choice === 1 ? askedAt : renewedAt));
  await releaseLease(db, lease);
  return end;
}

function trustedUntil(db: Db, askedAt: string): Promise<string> {
  return readTime(db, statement`${askedAt}::timestamptz + ${LEASE_MS} * interval '1 millisecond'`);
}

function earlier(db: Db, one: string, other: string): Promise<string> {
  return readTime(db, statement`least(${one}::timestamptz, ${other}::timestamptz)`);
}

function databaseTime(db: Db): Promise<string> {
  return readTime(db, statement`clock_timestamp()`);
}

async function readTime(db: Db, instant: ReturnType<typeof statement>): Promise<string> {
  const [row] = await db.execute<{ at: string }>(statement`select (${instant})::text as at`);
  if (row === undefined) throw new Error("the database did not tell the time");
  return row.at;
}
