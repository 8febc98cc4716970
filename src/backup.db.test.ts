import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { importPins } from "#/book/import-pins.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import { openDatabase, type Db } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { listTables, quoteName } from "#/platform/list-tables.ts";
import { isSchemaCurrent, migrateTo } from "#/platform/migrate.ts";
import { readSchemaVersion } from "#/platform/migration-journal.ts";
import { writeBackup } from "#/platform/write-backup.ts";
import { eventually } from "#/testing/eventually.ts";
import { runProgram } from "#/testing/run-program.ts";
import { ACTOR, fetched, openGate, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const PIN = `seller,model,meter,usd_per_1m,reason\nopenrouter,c/one,input,2,"our
contract, \\ ""quoted"""`;

let world: SyncWorld;
let folder: string;
beforeAll(async () => {
  world = await openSyncWorld();
  folder = await mkdtemp(join(tmpdir(), "ratebook-backup-"));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

/** What `ratebook backup` and `ratebook restore` become in a checkout. */
function run(url: string | undefined, ...args: string[]) {
  const place: Record<string, string> =
    url === undefined ? { DATABASE_URL: "" } : { DATABASE_URL: url, RATEBOOK_DATA_DIR: join(folder, "unused") };
  return runProgram("src/backup.ts", args, place);
}

async function openEmptyDatabase() {
  const name = `restored_${randomBytes(6).toString("hex")}`;
  const admin = openDatabase(inject("postgresUrl"), { max: 1, name: "test admin" });
  await admin.sql.unsafe(`create database ${name}`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  const drop = async () => {
    await admin.sql.unsafe(`drop database ${name} with (force)`);
    await admin.close();
  };
  return { url: url.href, drop };
}

/** How many rows each table has, and a digest of all that they say. */
async function digestTables(db: Db): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  // The lock is renewed meanwhile, and the entries of a new queue have other ids.
  const whole = { pricing_sync_lock: "t.fence", pricing_sync_jobs: "to_jsonb(t) - 'queue_entry_id'" };
  for (const { table } of await listTables(db)) {
    const row = (whole as Record<string, string>)[table] ?? "t";
    const [found] = await db.execute<{ digest: string }>(
      sql.raw(`select count(*) || ' rows, ' || coalesce(md5(string_agg(line, ',' order by line collate "C")), '') as digest
        from (select (${row})::text as line from ${quoteName(table)} t) all_rows`),
    );
    if (!LEFT_OUT.has(table)) digests[table] = found?.digest ?? "";
  }
  return digests;
}
const LEFT_OUT = new Set(["auth_session", "auth_verification", "sync_workers"]);

async function read<T>(url: string, look: (db: Db) => Promise<T>): Promise<T> {
  const { db, close } = openDatabase(url, { max: 1, name: "look" });
  try {
    return await look(db);
  } finally {
    await close();
  }
}

test("a backup that is taken while a sync runs becomes the same book elsewhere, and its jobs are ended there", async () => {
  const gate = openGate();
  let isHeldUp = false;
  let prices: Record<string, readonly [string, string]> = {
    "c/one": ["0.000001", "0.000004"],
    "c/two": ["0.000002", "0.000008"],
  };
  await world.addSource("mine", async ({ signal }) => {
    if (isHeldUp) await gate.wait(signal);
    return fetched(openrouterDocument(prices));
  });
  await world.startWorker();
  await world.ended((await world.trigger()).jobId);
  prices = { ...prices, "c/one": ["0.0000011", "0.0000044"], "c/two": ["2", "8"] };
  await world.ended((await world.trigger()).jobId);
  await importPins(world.db, ACTOR, { csv: PIN, dryRun: false });
  await world.db.execute(sql`
    with endpoint as (
      insert into webhook_endpoints (name, sealed_url, shown_url, shape, events, hold_seconds, created_by)
      values ('ops', 'sealed', 'https://ops.example/…', 'standard', '{}', 0, 'ann') returning id)
    insert into webhook_deliveries (endpoint_id, event, body) select id, 'test', '{"words": null}' from endpoint`);
  isHeldUp = true;
  const running = (await world.trigger()).jobId;
  const queued = (await world.trigger()).jobId;
  const [held] = await world.db.execute<{ count: string }>(sql`select count(*) from price_holds where state = 'open'`);
  expect(Number(held?.count)).toBeGreaterThan(0);

  const file = join(folder, "book.backup");
  expect(await run(world.url, "backup", file)).toMatchObject({ code: 0, text: expect.stringContaining("rows of") });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const before = await digestTables(world.db);

  const empty = await openEmptyDatabase();
  onTestFinished(empty.drop);
  expect(await run(empty.url, "restore", file)).toMatchObject({
    code: 0,
    text: expect.stringContaining("were restored"),
  });
  expect(await read(empty.url, digestTables)).toEqual(before);
  expect(await read(empty.url, verifyRates)).toMatchObject({ total: 0, differences: [] });
  const [fence] = await read(empty.url, (db) =>
    db.execute<{ next: boolean }>(sql`
    select nextval('pricing_sync_fence') > (select max(fence) from pricing_sync_lock) as next`),
  );
  expect(fence?.next).toBe(true);
  const entries = await read(empty.url, (db) =>
    db.execute(sql`select name, count(*)::int as waiting from pgboss.job group by name order by name`),
  );
  expect([...entries]).toEqual([
    { name: "pricing-sync", waiting: 1 },
    { name: "webhook-deliveries", waiting: 1 },
  ]);
  gate.open();
  isHeldUp = false;
  await world.ended(queued);

  const database = openDatabase(empty.url, { max: 10, name: "test" });
  const restored = await openSyncWorld({ database: { ...database, url: empty.url } });
  restored.answers.set("mine", () => fetched(openrouterDocument(prices)));
  await restored.startWorker();
  for (const jobId of [running, queued]) expect(await restored.ended(jobId)).toMatchObject({ status: "success" });
  await expect(restored.db.execute(sql`update audit_log set actor = 'x'`)).rejects.toThrow();
  await restored.close();

  const dataDir = join(folder, "fresh");
  const env = { DATABASE_URL: "", RATEBOOK_DATA_DIR: dataDir };
  expect(await runProgram("src/backup.ts", ["restore", file], env)).toMatchObject({ code: 0 });
  const again = await runProgram("src/backup.ts", ["restore", file], env);
  expect(again).toMatchObject({ code: 1, text: expect.stringContaining("is not empty") });
  const copy = join(folder, "copy.backup");
  expect(await runProgram("src/backup.ts", ["backup", copy, "--json"], env)).toMatchObject({ code: 0 });
  const server = await openEmbeddedPostgres(dataDir);
  onTestFinished(server.close);
  expect(await read(server.url, digestTables)).toEqual(before);
  const linesOf = async (path: string) =>
    gunzipSync(await readFile(path))
      .toString()
      .split("\n").length;
  expect(await linesOf(copy)).toBe(await linesOf(file));
}, 120_000);

test("a file that is cut off, damaged, of a newer version or no backup is refused before anything is written", async () => {
  const file = join(folder, "good.backup");
  expect(await run(world.url, "backup", file)).toMatchObject({ code: 0 });
  const whole = await readFile(file);
  const text = gunzipSync(whole).toString();
  const flipped = Buffer.from(whole);
  flipped.writeUInt8(flipped.readUInt8(flipped.length - 6) ^ 1, flipped.length - 6);
  const lines = text.trimEnd().split("\n");
  const lastRow = lines.findLastIndex((line) => line.startsWith("["));
  const bad: [string, Buffer, string][] = [
    ["cut off", whole.subarray(0, whole.length / 2), "damaged or was cut off"],
    ["changed", flipped, "damaged or was cut off"],
    ["without its end", gzipSync(lines.slice(0, -1).join("\n").concat("\n")), "it has no end"],
    ["without a row", gzipSync(lines.toSpliced(lastRow, 1).join("\n").concat("\n")), "rows"],
    ["of a newer version", gzipSync(text.replace(/"schema":\d+/, '"schema":9999999999999')), "newer version"],
    ["of no lines", gzipSync(""), "it is empty"],
    ["of something else", gzipSync("something else\n"), "no backup"],
    ["not packed", Buffer.from("something else\n"), "damaged or was cut off"],
    ["empty", Buffer.alloc(0), "damaged or was cut off"],
  ];
  const empty = await openEmptyDatabase();
  onTestFinished(empty.drop);
  for (const [name, bytes, words] of bad) {
    const path = join(folder, name);
    await writeFile(path, bytes);
    expect(await run(empty.url, "restore", path), name).toMatchObject({
      code: 1,
      text: expect.stringContaining(words),
    });
  }
  expect(await run(empty.url, "restore", join(folder, "nowhere"))).toMatchObject({
    text: expect.stringContaining("ENOENT"),
  });
  expect(await read(empty.url, listTables)).toEqual([]);
}, 120_000);

test("a database that is not empty, or that a Ratebook is connected to, is refused and left as it is", async () => {
  const file = join(folder, "good.backup");
  const before = await digestTables(world.db);
  const live = await run(world.url, "restore", file);
  expect(live).toMatchObject({ code: 1, text: expect.stringContaining("A Ratebook is connected") });
  const other = await openEmptyDatabase();
  onTestFinished(other.drop);
  await read(other.url, (db) => db.execute(sql`create table notes (line text)`));
  expect(await run(other.url, "restore", file)).toMatchObject({
    code: 1,
    text: expect.stringContaining("is not empty"),
  });
  expect(await digestTables(world.db)).toEqual(before);
});

test("a backup of an older version is restored with that version's tables and then brought up to date", async () => {
  const old = await openEmptyDatabase();
  onTestFinished(old.drop);
  const file = join(folder, "old.backup");
  await read(old.url, async (db) => {
    await migrateTo(db, 1);
    expect(await listTables(db)).toEqual([]);
    await migrateTo(db, await firstVersion());
    await db.execute(sql`insert into sources (name, kind, url) values ('old', 'litellm', 'https://old.example/')`);
    await writeBackup(db, { file, leaveOut: [], onProgress: () => {}, signal: new AbortController().signal });
  });
  const fresh = await openEmptyDatabase();
  onTestFinished(fresh.drop);
  expect(await run(fresh.url, "restore", file)).toMatchObject({ code: 0 });
  await read(fresh.url, async (db) => {
    expect(await isSchemaCurrent(db)).toBe(true);
    expect([...(await db.execute(sql`select name, guard from sources where kind = 'litellm'`))]).toEqual([
      { name: "old", guard: {} },
    ]);
  });
});

async function firstVersion(): Promise<number> {
  const newest = await readSchemaVersion(world.db);
  const [row] = await world.db.execute<{ first: string }>(
    sql`select min(created_at)::text as first from drizzle.__drizzle_migrations`,
  );
  const first = Number(row?.first);
  expect(first).toBeLessThan(newest);
  return first;
}

test("what is written while a backup is taken is not in it, not even in a table that it reads later", async () => {
  const file = join(folder, "snapshot.backup");
  const signal = new AbortController().signal;
  const writing = await world.db.transaction(async (tx) => {
    await tx.execute(sql`lock table seller_spellings in access exclusive mode`);
    const begun = writeBackup(world.db, { file, leaveOut: [], onProgress: () => {}, signal });
    await eventually("the backup waits for the table", async () => {
      const [lock] = await world.db.execute(
        sql`select from pg_locks where not granted and relation = 'seller_spellings'::regclass`,
      );
      return lock !== undefined;
    });
    await tx.execute(sql`
      insert into seller_spellings (spelling, seller, added_by, reason) values ('too-late', 'openai', 'ann', 'a test')`);
    return { begun };
  });
  await writing.begun;
  const text = gunzipSync(await readFile(file)).toString();
  expect(text).toContain('"seller_spellings"');
  expect(text).not.toContain("too-late");
});

test("a backup that can't be written says so and leaves nothing", async () => {
  const nowhere = await run(world.url, "backup", join(folder, "no", "book.backup"));
  expect(nowhere).toMatchObject({ code: 1, text: expect.stringMatching(/book\.backup can't be written: ENOENT/) });
  const signal = AbortSignal.abort();
  const file = join(folder, "stopped.backup");
  const stopped = writeBackup(world.db, { file, leaveOut: [], onProgress: () => {}, signal });
  await expect(stopped).rejects.toThrow("was stopped");
  await expect(stat(file)).rejects.toThrow("ENOENT");
  const none = await runProgram("src/backup.ts", ["backup", file], {
    DATABASE_URL: "",
    RATEBOOK_DATA_DIR: join(folder, "none"),
  });
  expect(none).toMatchObject({ code: 1, text: expect.stringContaining("There is no database in") });
});
