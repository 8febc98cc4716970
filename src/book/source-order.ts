import { sql } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";

/** The names of all sources, the first counts most. Until the transaction ends, nobody else changes the order. */
export async function lockOrder(tx: Tx): Promise<string[]> {
  await tx.execute(sql`lock table source_orders in share row exclusive mode`);
  const [row] = await tx.execute<{ names: string[] }>(sql`select names from source_orders order by id desc limit 1`);
  return row?.names ?? [];
}

type Order = Readonly<{ names: readonly string[]; setBy: string; reason: string }>;

/** Makes this the order from now on. Answers since when: ISO 8601, by the database's clock. The caller holds the order's lock. */
export async function writeOrder(tx: Tx, { names, setBy, reason }: Order): Promise<string> {
  const [row] = await tx.execute<{ at: string }>(sql`
    insert into source_orders (at, names, set_by, reason)
    select clock_timestamp(), array(select jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb)), ${setBy},
      ${reason}
    returning to_json(at) #>> '{}' as at`);
  if (row === undefined) throw new Error("the order of the sources was not written");
  return row.at;
}
