import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";

const tableShape = z.object({
  table: z.string(),
  /** In their order, without those that the database works out itself. */
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  /** On disk, without indexes. */
  bytes: z.number(),
});
export type TableShape = z.infer<typeof tableShape>;

/** The tables in our schema, from the database's own catalogue; one that refers to another comes after it. */
export async function listTables(db: Db): Promise<TableShape[]> {
  const rows = await db.execute(sql`
    with recursive own as (
        select oid, relname from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'),
      placed as (
        select oid, 0 as place from own
        union
        select c.conrelid, p.place + 1 from placed p join pg_constraint c on c.confrelid = p.oid and c.contype = 'f'
        where c.conrelid <> c.confrelid)
    select relname as table, pg_table_size(own.oid)::float8 as bytes, (
        select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) order by attnum)
        from pg_attribute where attrelid = own.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns
    from own join placed using (oid) group by own.oid, relname order by max(place), relname`);
  return z.array(tableShape).parse([...rows]);
}

const sequence = z.object({ name: z.string(), last: z.string().nullable() });

/** The sequences in our schema with the last number each of them gave. */
export async function listSequences(db: Db): Promise<z.infer<typeof sequence>[]> {
  const rows = await db.execute(sql`
    select sequencename as name, last_value::text as last from pg_sequences
    where schemaname = current_schema() order by sequencename`);
  return z.array(sequence).parse([...rows]);
}

/** A name of the catalogue as it stands in a statement. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
