import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { openDatabase } from "#/platform/database.ts";

/** A database without a single table, on the tests' server. */
export async function createDatabase(): Promise<Readonly<{ url: string; drop: () => Promise<void> }>> {
  const name = `empty_${randomBytes(6).toString("hex")}`;
  const admin = openDatabase(inject("postgresUrl"), { max: 1, name: "test admin" });
  await admin.sql.unsafe(`create database ${name}`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await admin.sql.unsafe(`drop database ${name} with (force)`);
      await admin.close();
    },
  };
}
