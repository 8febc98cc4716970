import { sql } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import { quoteName } from "#/platform/list-tables.ts";

/**
 * Writes rows of the past: what once was written need neither be told of nor refused again. The tables are locked against
 * everybody else until the transaction ends.
 */
export async function withoutTriggers(tx: Tx, tables: readonly string[], write: () => Promise<void>): Promise<void> {
  const setTriggers = async (word: "disable" | "enable") => {
    for (const table of tables) await tx.execute(sql.raw(`alter table ${quoteName(table)} ${word} trigger user`));
  };
  await setTriggers("disable");
  await write();
  await setTriggers("enable");
}
