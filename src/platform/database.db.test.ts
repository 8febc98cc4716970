import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "#/platform/database.ts";
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
