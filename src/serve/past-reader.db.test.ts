import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBookMark } from "#/book/book-mark.ts";
import { listPricesInForce } from "#/book/list-rates.ts";
import { systemClock } from "#/platform/clock.ts";
import { openDatabase, type Database } from "#/platform/database.ts";
import { openEmbeddedPostgres, type EmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { createLog } from "#/platform/log.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { openPastReader, type PastReader, type ReadFrom } from "#/serve/past-reader.ts";
import { eventually } from "#/testing/eventually.ts";
import { fillRates } from "#/testing/fill-rates.ts";
import { openReplicaOf } from "#/testing/replica-of.ts";

let folder: string;
let servers: Readonly<{ primary: EmbeddedPostgres; replica: EmbeddedPostgres }>;
let primary: Database;
let replica: Database;
let reader: PastReader;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratebook-replica-"));
  const dataDir = join(folder, "primary");
  const server = await openEmbeddedPostgres(dataDir);
  await migrateDatabase(server.url);
  primary = openDatabase(server.url, { max: 2, name: "test" });
  await fillRates(primary.db, { rates: 20, steps: 4, sources: 2 });
  const copy = await openReplicaOf({ url: server.url, dataDir }, join(folder, "replica"));
  servers = { primary: server, replica: copy };
  replica = openDatabase(copy.url, { max: 2, name: "test" });
  reader = openPastReader({
    primary: { db: primary.db, url: server.url },
    replicaUrl: copy.url,
    clock: systemClock,
    log: createLog("silent"),
  });
});
afterAll(async () => {
  await reader.close();
  await replica.close();
  await primary.close();
  await servers.replica.close();
  await servers.primary.close();
  await rm(folder, { recursive: true, force: true });
});

async function askedOf({ db }: ReadFrom): Promise<"replica" | "primary"> {
  const [row] = await db.execute<{ isReplica: boolean }>(sql`select pg_is_in_recovery() as "isReplica"`);
  return row?.isReplica === true ? "replica" : "primary";
}

const addVersion = () =>
  primary.db.execute(sql`
    insert into book_versions (version, at, cause)
    select max(version) + 1, clock_timestamp(), 'sync' from book_versions`);
const untilReplicaAnswers = () =>
  eventually("the replica answers", async () => (await reader.read(await newest(), askedOf)) === "replica");
const newest = () => readBookMark(primary.db);

test("the past is read from a replica that has caught up, and is what the primary answers", async () => {
  await untilReplicaAnswers();
  const [row] = await primary.db.execute<{ at: string }>(
    sql`select to_json(at + interval '1 minute') #>> '{}' as at from book_versions where version = 2`,
  );
  const ask = ({ db }: ReadFrom) => listPricesInForce(db, { at: row?.at, knownAt: row?.at, limit: 100 });
  const answer = await reader.read(await newest(), ask);
  expect(answer.prices).toHaveLength(20);
  expect(answer).toEqual(await ask({ db: primary.db, url: "" }));
  expect(await reader.health(await newest())).toMatchObject({ isUsed: true, versionsBehind: 0 });
});

test("the primary answers for a replica that is behind, how far behind is shown, and the replica answers once it has caught up", async () => {
  await addVersion();
  await untilReplicaAnswers();
  await replica.db.execute(sql`select pg_wal_replay_pause()`);
  await addVersion();
  const mark = await newest();
  expect(await reader.read(mark, askedOf)).toBe("primary");
  await eventually("the lag is shown", async () => ((await reader.health(mark))?.lagSeconds ?? 0) > 0);
  expect(await reader.health(mark)).toMatchObject({ isUsed: false, versionsBehind: 1 });
  await replica.db.execute(sql`select pg_wal_replay_resume()`);
  await untilReplicaAnswers();
});

test("a replica whose facts are behind does not answer, though it has the version", async () => {
  await replica.db.execute(sql`select pg_wal_replay_pause()`);
  await primary.db.execute(sql`
    insert into listing_facts (source, listing, facts, observed_at, revision) values ('first', 'one', '{}', clock_timestamp(), 1)`);
  expect(await reader.read(await newest(), askedOf)).toBe("primary");
  await replica.db.execute(sql`select pg_wal_replay_resume()`);
  await untilReplicaAnswers();
});

test("work that fails on the replica is done by the primary", async () => {
  const write = async ({ db, url }: ReadFrom) => {
    await db.execute(sql`update sources set url = url`);
    return url;
  };
  await untilReplicaAnswers();
  expect(await reader.read(await newest(), write)).toBe(servers.primary.url);
});

test("while the replica is down the primary answers, and nothing fails", async () => {
  await servers.replica.close();
  for (let round = 0; round < 5; round += 1) expect(await reader.read(await newest(), askedOf)).toBe("primary");
  expect(await reader.health(await newest())).toEqual({ isUsed: false, versionsBehind: null, lagSeconds: null });
});
