import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";

/** The last migration before rates were kept. */
export const BEFORE_RATES = "0013";

/**
 * Fills the book of a database at `BEFORE_RATES`: `models` that two sources list under two spellings of one seller, with `steps` prices each over the last days,
 * the first source being the one that counts.
 */
export async function fillOldBook(db: Db, { models, steps }: { models: number; steps: number }): Promise<void> {
  await db.execute(sql`insert into sources (name, kind, url, trust) values
    ('first', 'litellm', 'https://first.example/', 10), ('second', 'models-dev', 'https://second.example/', 20)`);
  await db.execute(sql`
    insert into model_pricing_history (source, seller, model, variant, state, charges, fingerprint, previous_state,
      previous_charges, effective_at, observed_at, cause, payload_digest)
    select s.source, s.seller, 'model-' || m, 'default', 'priced', ${chargesOf(sql`n`)}, md5(n::text),
      case when n > 1 then 'priced' end, case when n > 1 then ${chargesOf(sql`n - 1`)} end, at, at, 'sync', 'd'
    from (values ('first', 'fireworks_ai', 0), ('second', 'fireworks-ai', 1)) s(source, seller, shift),
      generate_series(1, ${models}::int) m, generate_series(1, ${steps}::int) n,
      lateral (select date_trunc('hour', clock_timestamp()) - (${steps}::int - n + 1) * interval '1 hour'
        + s.shift * interval '1 minute' as at) t
    order by n, s.shift, m`);
  await db.execute(sql`
    insert into model_pricing (source, seller, model, variant, listing, state, charges, fingerprint, history_id, effective_at,
      observed_at, payload_digest)
    select distinct on (source, seller, model) source, seller, model, variant, seller || '/' || model, state, charges,
      fingerprint, id, effective_at, observed_at, payload_digest
    from model_pricing_history order by source, seller, model, effective_at desc`);
  await db.execute(sql`analyze`);
}

/** Input and output of the step `n`, in USD per token. */
function chargesOf(n: ReturnType<typeof sql>) {
  return sql`jsonb_build_array(
    jsonb_build_object('meter', 'input', 'unit', 'token', 'amount', trim_scale((1000 + ${n}) / 1000000000.0)::text),
    jsonb_build_object('meter', 'output', 'unit', 'token', 'amount', trim_scale((4000 + ${n}) / 1000000000.0)::text))`;
}
