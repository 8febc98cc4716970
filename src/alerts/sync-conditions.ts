import { sql, type SQL } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import { STALE_AFTER_SECONDS } from "#/sources/stale-after.ts";

/** Which sources failed in a run that has ended, and which are well again. Repairs say nothing of them, and dry runs give no signal. */
export async function noteRun(tx: Tx, jobId: string): Promise<void> {
  const results = sql`
    select l.source, l.outcome, l.error_message, j.status from pricing_sync_jobs j
    join pricing_sync_log l using (job_id)
    where j.job_id = ${jobId} and j.kind = 'sync'`;
  await tx.execute(sql`
    update alerts set ended_at = clock_timestamp()
    where ended_at is null and event in ('sync.failed', 'sync.partial') and exists (
      select from (${results}) r where r.outcome in ('applied', 'unchanged') and alerts.subject in (r.source, ''))`);
  // A failing source is one alert, whether others ran with it or not. When the kind of run changes, so does the alert's,
  // and whoever was told of it under the other kind is not told again.
  const isSameSource = (table: SQL) =>
    sql`${table}.subject = f.subject and ${table}.event <> f.event and ${table}.event in ('sync.failed', 'sync.partial')`;
  await tx.execute(sql`
    with failed as (
      select 'sync.' || status as event, source as subject, coalesce(error_message, 'failed') as detail
      from (${results}) r where outcome = 'failed' and status in ('failed', 'partial')),
    broken as (
      select 'sync.failed' as event, '' as subject, coalesce(error_message, 'failed') as detail from pricing_sync_jobs
      where job_id = ${jobId} and kind = 'sync' and status = 'failed' and not exists (select from failed)),
    moved as (
      delete from alerts a using failed f where ${isSameSource(sql`a`)} returning a.subject, a.opened_at, a.ended_at),
    told as (
      delete from webhook_told t using failed f where ${isSameSource(sql`t`)} returning t.endpoint_id, f.event, f.subject),
    kept as (
      insert into webhook_told (endpoint_id, event, subject) select endpoint_id, event, subject from told
      on conflict do nothing)
    insert into alerts (event, subject, job_id, detail, opened_at)
    select event, subject, ${jobId}::uuid, detail, coalesce(
      (select min(m.opened_at) from moved m where m.subject = f.subject and m.ended_at is null), clock_timestamp())
    from (select * from failed union all select * from broken) f
    on conflict (event, subject) do update set
      opened_at = case when alerts.ended_at is null then alerts.opened_at else excluded.opened_at end,
      ended_at = null, job_id = excluded.job_id, detail = excluded.detail`);
}

/** Which sources have not been read for too long. What was said of a source that is no longer asked is over. */
export async function noteFreshness(tx: Tx): Promise<void> {
  const stale = sql`
    select name as subject, coalesce(last_success_at, created_at) as since, last_success_at is null as never, last_error
    from sources
    where enabled and coalesce(last_success_at, created_at) < clock_timestamp() - ${STALE_AFTER_SECONDS} * interval '1 second'`;
  await tx.execute(sql`
    update alerts set ended_at = clock_timestamp()
    where ended_at is null and (
      event = 'source.stale' and subject not in (select subject from (${stale}) s)
      or event <> 'model.sunset' and subject <> '' and not exists (select from sources where name = subject and enabled))`);
  await tx.execute(sql`
    insert into alerts (event, subject, detail)
    select 'source.stale', subject,
      case when never then 'never read, added ' else 'last read ' end || to_char(since, 'YYYY-MM-DD HH24:MI') || ' UTC'
        || coalesce(': ' || last_error, '')
    from (${stale}) s
    on conflict (event, subject) do update set opened_at = excluded.opened_at, ended_at = null, detail = excluded.detail
    where alerts.ended_at is not null`);
}
