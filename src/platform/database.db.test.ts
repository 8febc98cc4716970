import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "#/platform/database.ts";
import { openFaultProxy } from "#/testing/fault-proxy.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => void (database = await openTestDatabase()));
afterAll(() => database.close());

test("a query on a connection that the server has closed fails, and takes neither the process nor its caller with it", async () => {
  const connection = await database.sql.reserve();
  const [own] = await connection<{ pid: number }[]>`select pg_backend_pid() as pid`;
  await database.sql`select pg_terminate_backend(${own?.pid ?? 0})`;
  await sleep(50);
  const settled = await Promise.race([
    connection`select 1`.then(
      () => "answered",
      () => "failed",
    ),
    sleep(3_000, "hangs"),
  ]);
  expect(settled).toBe("failed");
  connection.release();
  expect(await database.sql`select 1 as alive`).toEqual([{ alive: 1 }]);
});

test("a query after one whose connection the server has ended is answered, and not with the error of the one before", async () => {
  const { sql, close } = openDatabase(database.url, { max: 1, name: "one" });
  await expect(sql`select pg_terminate_backend(pg_backend_pid())`).rejects.toThrow();
  expect(await sql`select 1 as alive`).toEqual([{ alive: 1 }]);
  await close();
});

/** Settles as the promise does, or in words when that takes long. */
function soon(query: Promise<unknown>): Promise<unknown> {
  return Promise.race([query.catch(() => "failed"), sleep(3_000, "hangs")]);
}

test.each(["before it is sent", "after it is sent"])(
  "a query whose connection is reset %s fails, and the next ones on it are answered",
  async (when) => {
    const url = new URL(database.url);
    const port = Number(url.port);
    const proxy = await openFaultProxy(() => port);
    url.port = String(proxy.port);
    const { sql, close } = openDatabase(url.href, { max: 1, name: "one" });
    for (let round = 0; round < 5; round += 1) {
      expect(await soon(sql`select 1 as alive`)).toEqual([{ alive: 1 }]);
      // In one go, so that the loop hears of the reset before it comes to what is to be sent.
      await sleep(1);
      if (when === "before it is sent") proxy.setModeOfOpen({ kind: "reset" });
      const query = sql`select pg_sleep(0.05)`.execute();
      if (when === "after it is sent") setTimeout(() => proxy.setModeOfOpen({ kind: "reset" }), 10);
      expect(await soon(query)).toBe("failed");
    }
    expect(await soon(sql`select 1 as alive`)).toEqual([{ alive: 1 }]);
    await close();
    await proxy.close();
  },
);

async function countNamed(query: string): Promise<number> {
  const { db, close } = openDatabase(database.url + query, { max: 1, name: "test" });
  for (const value of [1, 2, 3]) await db.execute(sql`select ${value}::int as asked`);
  await db.transaction((tx) => tx.execute(sql`select ${4}::int as asked`));
  const [row] = await db.execute<{ named: number }>(sql`
    select count(*)::int as named from pg_prepared_statements where statement like '%as asked'`);
  await close();
  return row?.named ?? -1;
}

test("a session keeps each statement that it is asked, in transactions too, unless a pooler may hand it to others", async () => {
  expect(await countNamed("")).toBe(1);
  expect(await countNamed("&pgbouncer=true")).toBe(0);
});

test("a statement that a session keeps is answered after its table has got another column", async () => {
  const { db, close } = openDatabase(database.url, { max: 1, name: "test" });
  await db.execute(sql`create table grows (a int)`);
  const read = (least: number) => db.execute(sql`select * from grows where a > ${least}`);
  expect(await read(0)).toEqual([]);
  await db.execute(sql`alter table grows add column b int`);
  await db.execute(sql`insert into grows values (1, 2)`);
  expect(await read(0)).toEqual([{ a: 1, b: 2 }]);
  await close();
});
