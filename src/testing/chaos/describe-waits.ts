import type { Sql } from "postgres";

/** Every connection that is busy or holds a transaction open and whom it waits for, and what is left to do: what to look at when nothing goes on. */
export async function describeWaits(sql: Sql): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select format('%s (%s) %s for %s s, blocked by %s: %s', pid, application_name, state,
      round(extract(epoch from clock_timestamp() - state_change)), pg_blocking_pids(pid), left(query, 150)) as text
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`;
  const [queued] = await sql<{ text: string | null }[]>`
    select string_agg(format('%s %s since %s', state, data, started_on), '; ') as text
    from pgboss.job where state in ('active', 'retry')`;
  const [jobs] = await sql<{ text: string | null }[]>`
    select string_agg(format('%s since %s', status, triggered_at), '; ') as text
    from pricing_sync_jobs where status in ('queued', 'running')`;
  return [
    ...rows.map(({ text }) => text),
    `entries in hand: ${queued?.text ?? "none"}`,
    `jobs left: ${jobs?.text ?? "none"}`,
  ];
}
