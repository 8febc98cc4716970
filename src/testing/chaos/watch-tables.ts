import type { Sql } from "postgres";

/**
 * Tables and triggers of the suite's own. `chaos.lock_changes` has every change of the lock in its order; `chaos.writes`
 * every row that was written under a fence, with the fence that the lock had then and, from a deferred trigger, the one it
 * had when the transaction committed. They only take notes and refuse nothing.
 */
const STATEMENTS = `
create schema chaos;
create table chaos.lock_changes (
  id bigint generated always as identity, at timestamptz not null, fence bigint not null, owner text, worker text,
  expires_at timestamptz not null, old_fence bigint, old_owner text, old_expires_at timestamptz);
create table chaos.writes (
  id bigint generated always as identity, at timestamptz not null, table_name text not null, moment text not null,
  fence bigint not null, present_fence bigint);

create function chaos.note_lock() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into chaos.lock_changes (at, fence, owner, worker, expires_at)
    values (clock_timestamp(), new.fence, new.locked_by, new.worker, new.expires_at);
  else
    insert into chaos.lock_changes (at, fence, owner, worker, expires_at, old_fence, old_owner, old_expires_at)
    values (clock_timestamp(), new.fence, new.locked_by, new.worker, new.expires_at, old.fence, old.locked_by, old.expires_at);
  end if;
  return null;
end $$;
create trigger chaos_note after insert or update on pricing_sync_lock for each row execute function chaos.note_lock();

create function chaos.note_write() returns trigger language plpgsql as $$
begin
  insert into chaos.writes (at, table_name, moment, fence, present_fence)
  values (clock_timestamp(), tg_table_name, tg_argv[0], new.fence,
    (select lock.fence from pricing_sync_lock lock where lock.lock_key = 'pricing_sync_global'));
  return null;
end $$;
`;

// What a rescue or a cancel does to a job is nobody's run: such a row keeps the fence of the attempt that died.
const WRITES = [
  ["model_pricing_history", "insert", "new.fence is not null"],
  ["pricing_sync_log", "insert or update", "true"],
  ["pricing_sync_results", "insert or update", "true"],
  ["pricing_sync_events", "insert", "new.fence is not null"],
  [
    "pricing_sync_jobs",
    "update",
    `new.fence is not null and (new.progress is distinct from old.progress
      or new.status <> old.status and new.status in ('running', 'success', 'partial'))`,
  ],
] as const;

/** Installs them in a migrated database. */
export async function watchTables(sql: Sql): Promise<void> {
  await sql.unsafe(STATEMENTS);
  for (const [table, on, when] of WRITES) {
    await sql.unsafe(`
      create trigger chaos_note_row after ${on} on ${table} for each row when (${when})
        execute function chaos.note_write('row');
      create constraint trigger chaos_note_commit after ${on} on ${table} deferrable initially deferred
        for each row when (${when}) execute function chaos.note_write('commit')`);
  }
}
