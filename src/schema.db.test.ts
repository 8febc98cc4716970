import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { dumpSchema } from "#/testing/dump-schema.ts";
import { openTestDatabase } from "#/testing/test-database.ts";

test("drizzle/schema.sql is what the migrations come to; npm run schema writes it anew", async () => {
  const { sql, close } = await openTestDatabase();
  expect(await dumpSchema(sql)).toBe(await readFile("drizzle/schema.sql", "utf8"));
  await close();
});
