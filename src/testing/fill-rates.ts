import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";

/**
 * Fills an empty book with rates as a source of 10 sellers would leave them: `rates` keys with `steps` prices each, one version
 * a step, the newest in force. Three charges a rate.
 */
export async function fillRates(db: Db, { rates, steps = 1 }: { rates: number; steps?: number }): Promise<void> {
  await db.execute(
    sql`insert into sources (name, kind, url, enabled) values ('first', 'litellm', 'https://first.example/', false)`,
  );
  await db.execute(sql`
    insert into book_versions (version, at, cause, changed)
    select n, date_trunc('hour', clock_timestamp()) - (${steps}::int - n + 1) * interval '1 hour', 'sync', ${rates}::int
    from generate_series(1, ${steps}::int) n`);
  await db.execute(sql`
    insert into rates (seller, model, variant, state, charges, origins, fingerprint, valid_from, valid_to, version_from, cause, is_news)
    select 'seller-' || m % 10, 'vendor/model-' || m, 'default', 'priced', jsonb_build_array(
        jsonb_build_object('meter', 'input', 'unit', 'token', 'amount', trim_scale((1000 + n) / 1000000000.0)::text),
        jsonb_build_object('meter', 'output', 'unit', 'token', 'amount', trim_scale((4000 + n) / 1000000000.0)::text),
        jsonb_build_object('meter', 'cache_read', 'unit', 'token', 'amount', trim_scale((100 + n) / 1000000000.0)::text)),
      jsonb_build_array(jsonb_build_object('source', 'first', 'listing', 'vendor/model-' || m)),
      md5(n::text), v.at, case when n < ${steps}::int then v.at + interval '1 hour' end, n, 'sync', true
    from generate_series(1, ${steps}::int) n join book_versions v on v.version = n, generate_series(1, ${rates}::int) m`);
  await db.execute(sql`analyze`);
}
