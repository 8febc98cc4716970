import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "#/platform/database.ts";
import { isSchemaCurrent } from "#/platform/migrate.ts";
import { createDatabase } from "#/testing/create-database.ts";
import { run } from "#/testing/pack-package.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

function runMigrate(DATABASE_URL: string) {
  return run("node", ["src/migrate.ts"], { cwd: ".", env: { DATABASE_URL } });
}

test("a deployment's own step migrates an empty database, and does nothing the second time", async () => {
  for (const _time of ["first", "second"]) {
    expect(await runMigrate(database.url)).toEqual({
      code: 0,
      stdout: "The database's schema is current\n",
      stderr: "",
    });
  }
  const { db, close } = openDatabase(database.url, { max: 1, name: "test" });
  expect(await isSchemaCurrent(db)).toBe(true);
  await close();
});

test("that step says in words what it lacks, and fails", async () => {
  const without = await runMigrate("");
  expect(without).toMatchObject({ code: 1, stdout: "" });
  expect(without.stderr).toMatch(/^DATABASE_URL is not set: .+\n$/);
  const missing = await runMigrate(Object.assign(new URL(database.url), { pathname: "/missing" }).href);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toMatch(/Create it, or correct its name in DATABASE_URL/);
});
