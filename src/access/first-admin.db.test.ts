import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuth } from "#/access/auth.ts";
import { ensureFirstAdmin } from "#/access/first-admin.ts";
import { authUsers } from "#/access/schema.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => void (database = await openTestDatabase()));
afterAll(() => database.close());

test("of several processes that start at once, one creates the first admin and tells its password once", async () => {
  const { db } = database;
  const auth = createAuth({ db, secret: "s".repeat(40), publicUrl: undefined });
  const logins = await Promise.all(
    [1, 2, 3].map(() => ensureFirstAdmin({ db, auth }, { email: undefined, password: undefined })),
  );
  const told = logins.filter((login) => login !== undefined);
  expect(told).toHaveLength(1);
  expect(told[0]?.password).toMatch(/^[\w-]{16}$/);
  const users = await db.select().from(authUsers);
  expect(users).toMatchObject([{ email: "admin@ratebook.local", role: "admin" }]);
  expect(await ensureFirstAdmin({ db, auth }, { email: "late@example.com", password: "long enough" })).toBeUndefined();
});
