import { sql, type SQL } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";

/**
 * Fills an empty book with rates as a source of 10 sellers would leave them: `rates` keys with `steps` prices each, one version
 * a step, the newest in force. Three charges a rate. With `sources`, that many sources list each of them and have a history of as many
 * prices, the first of which is what the rates were taken from.
 */
export async function fillRates(
  db: Db,
  { rates, steps = 1, sources = 0 }: { rates: number; steps?: number; sources?: number },
): Promise<void> {
  await db.execute(sql`
    insert into sources (name, kind, url, enabled)
    select ${SOURCE_NAME}, 'litellm', 'https://source.example/' || s, false
    from generate_series(1, ${Math.max(1, sources)}::int) s`);
  await db.execute(sql`
    insert into book_versions (version, at, cause, first)
    select n, date_trunc('hour', clock_timestamp()) - (${steps}::int - n + 1) * interval '1 hour', 'sync', ${rates}::int
    from generate_series(1, ${steps}::int) n`);
  // A statement for each step, so that the rows of a version lie together as they do where they were written one after the other.
  for (let step = 1; step <= steps; step += 1) {
    await fillStep(db, { step, rates, steps, sources });
    if (sources > 0) await fillHistoryStep(db, { step, rates, sources });
  }
  if (sources > 0) await fillOffers(db, { rates, steps, sources });
  await db.execute(sql`analyze`);
}

/** The same for millions of rows: indexes are built once the rows are there. */
export async function fillManyRates(
  db: Db,
  book: Readonly<{ rates: number; steps: number; sources: number }>,
): Promise<void> {
  const indexes = await db.execute<{ name: string; definition: string }>(sql`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i where i.indrelid in ('rates'::regclass, 'model_pricing_history'::regclass) and not i.indisprimary`);
  for (const { name } of indexes) await db.execute(sql.raw(`drop index ${name}`));
  await fillRates(db, book);
  for (const { definition } of indexes) await db.execute(sql.raw(definition));
  await db.execute(sql`vacuum analyze`);
}

type Step = Readonly<{ step: number; rates: number; sources: number }>;

async function fillStep(db: Db, { steps, ...at }: Step & Readonly<{ steps: number }>): Promise<void> {
  const { step, rates, sources } = at;
  const historyId = sources === 0 ? sql`null` : historyIdOf(at, sql`1`);
  await db.execute(sql`
    with made as materialized (select ${chargesOf(step)} as charges, md5(${step}::text) as fingerprint, at
      from book_versions where version = ${step})
    insert into rates (seller, model, variant, state, charges, origins, fingerprint, valid_from, valid_to, version_from, cause, is_news)
    select 'seller-' || m % 10, 'vendor/model-' || m, 'default', 'priced', charges,
      jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('source', 'first', 'listing', 'vendor/model-' || m, 'historyId', (${historyId})::text))),
      fingerprint, at, case when ${step}::int < ${steps}::int then at + interval '1 hour' end, ${step}, 'sync', true
    from made, generate_series(1, ${rates}::int) m`);
}

/** Every source asks what the first one does. */
async function fillHistoryStep(db: Db, at: Step): Promise<void> {
  const { step, rates, sources } = at;
  const isFirst = step === 1;
  await db.execute(sql`
    with made as materialized (select ${chargesOf(step)} as charges, ${isFirst ? sql`null::jsonb` : chargesOf(step - 1)} as previous,
      md5(${step}::text) as fingerprint, at from book_versions where version = ${step})
    insert into model_pricing_history (id, source, seller, model, variant, listing, listed_as, state, charges, fingerprint, previous_state,
      previous_charges, effective_at, observed_at, cause, payload_digest)
    overriding system value
    select ${historyIdOf(at, sql`s`)}, ${SOURCE_NAME}, 'seller-' || m % 10, 'vendor/model-' || m, 'default', 'vendor/model-' || m,
      'seller-' || m % 10, 'priced', charges, fingerprint, ${isFirst ? null : "priced"}, previous, at, at, 'sync', md5(concat(s, ' ', ${step}::int))
    from made, generate_series(1, ${sources}::int) s, generate_series(1, ${rates}::int) m`);
}

const SOURCE_NAME = sql`case s when 1 then 'first' else 'source-' || s end`;

/** Input, output and cached input in USD per token. */
function chargesOf(step: number) {
  return sql`jsonb_build_array(
    jsonb_build_object('meter', 'input', 'unit', 'token', 'amount', trim_scale((1000 + ${step}::int) / 1000000000.0)::text),
    jsonb_build_object('meter', 'output', 'unit', 'token', 'amount', trim_scale((4000 + ${step}::int) / 1000000000.0)::text),
    jsonb_build_object('meter', 'cache_read', 'unit', 'token', 'amount', trim_scale((100 + ${step}::int) / 1000000000.0)::text))`;
}

/** Of the source `s` and the model `m`. */
function historyIdOf({ step, rates, sources }: Step, source: SQL): SQL {
  return sql`(${step - 1}::bigint * ${sources}::int + ${source} - 1) * ${rates}::int + m`;
}

/** The sources' newest prices, and payloads as old as the prices that were read from them. */
async function fillOffers(
  db: Db,
  { rates, steps, sources }: Readonly<{ rates: number; steps: number; sources: number }>,
) {
  await db.execute(sql`
    select setval(pg_get_serial_sequence('model_pricing_history', 'id'), ${steps * sources * rates}::bigint)`);
  await db.execute(sql`
    insert into model_pricing (source, seller, model, variant, listing, listed_as, state, charges, fingerprint, history_id, effective_at,
      observed_at, payload_digest)
    select source, seller, model, variant, listing, listed_as, state, charges, fingerprint, id, effective_at, observed_at, payload_digest
    from model_pricing_history where id > ${(steps - 1) * sources * rates}::bigint`);
  await db.execute(sql`
    insert into source_payloads (digest, bytes, body, first_seen_at)
    select md5(concat(s, ' ', n)), 1, 'x', v.at
    from generate_series(1, ${steps}::int) n join book_versions v on v.version = n, generate_series(1, ${sources}::int) s`);
}
