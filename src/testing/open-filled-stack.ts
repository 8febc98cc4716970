import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { createLifecycle } from "#/platform/lifecycle.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { fillRates } from "#/testing/fill-rates.ts";
import { openStack, type Stack } from "#/testing/open-stack.ts";

/** A stack whose book has so many rates from the start. */
export async function openFilledStack({ rates }: Readonly<{ rates: number }>): Promise<Stack> {
  const { onClose, close } = createLifecycle();
  try {
    const folder = await mkdtemp(join(tmpdir(), "ratebook-filled-"));
    onClose("folder", () => rm(folder, { recursive: true, force: true }));
    const postgres = await openEmbeddedPostgres(folder);
    onClose("Postgres", postgres.close);
    await fillBook(postgres.url, rates);
    const stack = await openStack({ env: { DATABASE_URL: postgres.url, HOST: "127.0.0.1", LOG_LEVEL: "warn" } });
    onClose("stack", stack.close);
    return { ...stack, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fillBook(url: string, rates: number): Promise<void> {
  await migrateDatabase(url);
  const database = openDatabase(url, { max: 1, name: "fill" });
  await fillRates(database.db, { rates });
  await database.close();
}
