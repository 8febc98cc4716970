import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { dumpSchema } from "#/testing/dump-schema.ts";

// `npm run schema`: migrates an empty database and writes what came of it.
const folder = await mkdtemp(join(tmpdir(), "ratebook-schema-"));
const server = await openEmbeddedPostgres(folder);
try {
  await migrateDatabase(server.url);
  const { sql, close } = openDatabase(server.url, { max: 1, name: "schema" });
  await writeFile("drizzle/schema.sql", await dumpSchema(sql));
  await close();
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
