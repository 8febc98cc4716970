import { sql, type SQL } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";

/** Until the transaction ends, nobody else changes these sources' prices: a sync and a person's decision take turns. */
export async function lockSources(tx: Tx, names: SQL): Promise<void> {
  await tx.execute(sql`select from sources where name in (${names}) order by name for no key update`);
}

/** An `in` list of row ids from one parameter. */
export function idSet(ids: readonly string[]): SQL {
  return sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb)::bigint)`;
}
