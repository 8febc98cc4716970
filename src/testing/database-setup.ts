import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { openDatabase } from "#/platform/database.ts";
import { openQueues } from "#/platform/queue.ts";
import { createLog } from "#/platform/log.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

export const TEMPLATE = "ratebook_template";

/** One real Postgres for all database tests, with a migrated template that every test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-test-"));
  const server = await openEmbeddedPostgres(folder);
  const { sql, close } = openDatabase(server.url, { max: 1, name: "test setup" });
  await sql.unsafe(`create database ${TEMPLATE}`);
  await close();
  const template = new URL(server.url);
  template.pathname = `/${TEMPLATE}`;
  await migrateDatabase(template.href);
  const queues = await openQueues({ url: template.href, log: createLog("silent") });
  for (const queue of [SYNC_QUEUE, DELIVERY_QUEUE]) await queues.open(queue);
  await queues.close();
  project.provide("postgresUrl", server.url);
  return async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
}
