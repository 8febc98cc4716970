import type { TestDatabase } from "#/testing/test-database.ts";

/**
 * Lets a test say what `clock_timestamp()` is, for all connections that are opened from now on. Only statements that name
 * it without its schema are steered, which all of ours do.
 */
export async function steerDatabaseClock({ sql, url }: Pick<TestDatabase, "sql" | "url">, start: string) {
  const name = new URL(url).pathname.slice(1);
  await sql.unsafe(`
    create schema steered;
    create table steered.clock (at timestamptz not null);
    create function steered.clock_timestamp() returns timestamptz language sql volatile as 'select at from steered.clock';
    alter database ${name} set search_path = steered, public, pg_catalog`);
  await sql`insert into steered.clock values (${start})`;
  return {
    set: async (instant: string) => {
      await sql`update steered.clock set at = ${instant}`;
    },
  };
}
