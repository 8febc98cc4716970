import type { Sql } from "postgres";

/** As many rows as `fillTables` writes into each table. */
export const FILLED_ROWS = 3;

type Column = Readonly<{ table: string; name: string; type: string; isOptional: boolean }>;
type Link = Readonly<{ table: string; to: string }>;

/** Worked out from the other tables, which `buildRates` does from one row of `rate_build`. */
const WORKED_OUT = new Set(["rates", "book_versions"]);

const CHARGES = `jsonb_build_array(jsonb_build_object('meter', 'input', 'unit', 'token', 'amount', '0.00000' || n))`;

/** What a column has to say for the product to read it; every other column gets what its type can hold. In the row `n`. */
const WORDS: Readonly<Record<string, string>> = {
  "sources.name": "'source-' || n",
  "sources.kind": "'litellm'",
  "sources.url": "'https://source-' || n || '.example/'",
  "sources.trust": "n",
  "pricing_sync_jobs.kind": "'sync'",
  "pricing_sync_jobs.status": "'success'",
  "pricing_sync_log.outcome": "'applied'",
  "price_holds.state": "'open'",
  "webhook_endpoints.shape": "'standard'",
  "webhook_endpoints.events": "array['sync.failed']",
  "webhook_deliveries.state": "'delivered'",
  "rate_build.as_of": "clock_timestamp()",
  "sync_schedules.rule": "'0 * * * *'",
  "sync_schedules.time_zone": "'UTC'",
  "sync_schedules.missed_policy": "'skip'",
  charges: CHARGES,
  new_charges: CHARGES,
  state: "'priced'",
  new_state: "'priced'",
  variant: "'default'",
  meter: "'input'",
  cause: "'sync'",
  role: "'viewer'",
  event: "'sync.failed'",
  history_id: "n",
  reasons: "array['JUMP']",
  findings: "'[]'",
  evidence: "'[]'",
  notes: "'[]'",
  reject_samples: "'[]'",
  listing: "'model-' || n",
  listed_as: "'seller-' || n",
};

const BY_TYPE: Readonly<Record<string, (name: string) => string>> = {
  // One id for each row, so that rows find the rows of other tables.
  text: (name) => `'${name.replace(/^.*_id$/, "id")}-' || n`,
  uuid: () => "('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid",
  timestamptz: () => "timestamptz '2026-01-01 00:00:00Z' + n * interval '1 hour'",
  numeric: () => "n",
  int4: () => "n",
  int8: () => "n",
  bool: () => "false",
  jsonb: () => "'{}'",
  bytea: () => "'\\x00'",
  _text: () => "array['source-' || n]",
};

/**
 * Writes rows into every table of a database at any of our schemas: columns that may be empty or have a default are left to it,
 * unless they have a word of their own, or are the id that other rows point to.
 */
export async function fillTables(sql: Sql): Promise<string[]> {
  const columns = await sql<Column[]>`
    select table_name as table, column_name as name, udt_name as type,
      is_nullable = 'YES' or is_identity = 'YES' or is_generated = 'ALWAYS'
        or (column_default is not null and udt_name <> 'uuid') as "isOptional"
    from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position`;
  const links = await sql<Link[]>`
    select conrelid::regclass::text as table, confrelid::regclass::text as to from pg_constraint where contype = 'f'`;
  const tables = [...new Set(columns.map(({ table }) => table))].filter((table) => !WORKED_OUT.has(table));
  for (const table of sortByLinks(tables, links)) {
    const wanted = columns.filter((column) => column.table === table && (!column.isOptional || hasWord(column)));
    const rows = table === "rate_build" ? 1 : FILLED_ROWS;
    await sql.unsafe(`insert into ${table} (${wanted.map(({ name }) => `"${name}"`).join(", ")})
      select ${wanted.map(writeValue).join(", ")} from generate_series(1, ${rows}) n`);
  }
  return tables;
}

function hasWord({ table, name }: Column): boolean {
  return `${table}.${name}` in WORDS || name === "history_id";
}

function writeValue({ table, name, type }: Column): string {
  const value = WORDS[`${table}.${name}`] ?? WORDS[name] ?? BY_TYPE[type]?.(name);
  if (value === undefined) throw new Error(`${table}.${name} has the type ${type}, for which there is no value`);
  return `(${value})::${type}`;
}

/** Tables that others point to come first. */
function sortByLinks(tables: readonly string[], links: readonly Link[]): string[] {
  const sorted: string[] = [];
  const add = (table: string) => {
    if (sorted.includes(table)) return;
    for (const link of links) if (link.table === table && link.to !== table) add(link.to);
    sorted.push(table);
  };
  for (const table of tables) add(table);
  return sorted;
}
