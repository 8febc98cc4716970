import type { Sql } from "postgres";
import { BOOK_TABLES } from "./open-engine.ts";

/**
 * Takes the rows that are there now; answers how to copy them into empty tables of the same shape, with the same indexes, in one
 * transaction. The server reads them from its own files, so nothing of it is spent on the way to the server.
 */
export async function prepareCopies(sql: Sql): Promise<() => Promise<unknown>> {
  const [setting] = await sql<{ folder: string }[]>`select current_setting('data_directory') as folder`;
  const fileOf = (table: string) => `'${setting?.folder ?? ""}/copied_${table}'`;
  for (const table of BOOK_TABLES) {
    await sql.unsafe(`create table copied_${table} (like ${table} including all)`);
    await sql.unsafe(`copy ${table} to ${fileOf(table)}`);
  }
  return () =>
    sql.begin(async (tx) => {
      for (const table of BOOK_TABLES) await tx.unsafe(`copy copied_${table} from ${fileOf(table)}`);
    });
}

export async function emptyCopies(sql: Sql): Promise<void> {
  await sql.unsafe(`truncate ${BOOK_TABLES.map((table) => `copied_${table}`).join(", ")}`);
}
