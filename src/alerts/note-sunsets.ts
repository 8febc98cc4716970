import { sql } from "drizzle-orm";
import { SUNSET_MODELS } from "#/book/facts-of-rates.ts";
import type { Tx } from "#/platform/database.ts";

/**
 * Which models with a price in force stop being answered soon. It is over when the date goes away or moves out of sight, or
 * when no source lists the model any more; a date that has passed stays until then, as somebody may still call the model.
 */
export async function noteSunsets(tx: Tx): Promise<void> {
  const listed = sql`
    select seller || ' ' || model as subject, to_char(sunset_on, 'YYYY-MM-DD') || ', says ' || source as detail, is_soon
    from (${SUNSET_MODELS}) s`;
  await tx.execute(sql`
    with listed as materialized (${listed}),
    over as (
      update alerts set ended_at = clock_timestamp()
      where event = 'model.sunset' and ended_at is null and subject not in (select subject from listed))
    insert into alerts (event, subject, detail)
    select 'model.sunset', subject, detail from listed where is_soon
    on conflict (event, subject) do update set detail = excluded.detail, ended_at = null,
      opened_at = case when alerts.ended_at is null then alerts.opened_at else excluded.opened_at end
    where alerts.ended_at is not null or alerts.detail <> excluded.detail`);
}
