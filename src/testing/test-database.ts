import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { openDatabase, type Database } from "#/platform/database.ts";
import { TEMPLATE } from "#/testing/database-setup.ts";

export type TestDatabase = Database & Readonly<{ url: string }>;

/** A database of the test file's own, cloned from the migrated template. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const serverUrl = inject("postgresUrl");
  const admin = openDatabase(serverUrl, { max: 1, name: "test admin" });
  await admin.sql.unsafe(`create database ${name} template ${TEMPLATE} strategy file_copy`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database = openDatabase(url.href, { max: 10, name: "test" });
  return {
    ...database,
    url: url.href,
    close: async () => {
      await database.close();
      await admin.sql.unsafe(`drop database ${name} with (force)`);
      await admin.close();
    },
  };
}
