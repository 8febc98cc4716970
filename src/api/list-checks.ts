import { checkAdmin } from "#/access/check-admin.ts";
import { checkRates } from "#/book/check-rates.ts";
import { checkDatabase, type Check } from "#/platform/check-database.ts";
import type { Db } from "#/platform/database.ts";
import { checkSources } from "#/sources/check-sources.ts";
import { checkWork } from "#/sync/check-work.ts";

/** What every room has to say of its health. Without tables only the database itself can be looked at. */
export async function listChecks(db: Db): Promise<Check[]> {
  const database = await checkDatabase(db);
  if (database.some(({ name, passed }) => name === "schema" && !passed)) return database;
  return [...database, await checkAdmin(db), ...(await checkWork(db)), await checkSources(db), await checkRates(db)];
}
