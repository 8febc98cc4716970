import { and, count, eq, sql } from "drizzle-orm";
import type { ChangeCause } from "#/book/schema.ts";
import { modelPricing } from "#/book/schema.ts";
import type { Tx } from "#/platform/database.ts";
import { findBaseAmount } from "#/price/charge.ts";
import type { OfferState } from "#/price/offer.ts";
import type { BookedOffer, FingerprintedOffer, SheetComparison } from "#/price/compare-sheets.ts";

/** After so many payloads in a row without it, a model is delisted. */
export const MISSES_UNTIL_DELISTED = 3;

/** What the book holds of one source, delisted models too: one that comes back is the same offer. */
export async function listBookedOffers(tx: Tx, source: string): Promise<BookedOffer[]> {
  const rows = await tx
    .select({
      id: sql<string>`${modelPricing.id}::text`,
      seller: modelPricing.seller,
      model: modelPricing.model,
      variant: modelPricing.variant,
      fingerprint: modelPricing.fingerprint,
      missedPayloads: modelPricing.missedPayloads,
    })
    .from(modelPricing)
    .where(eq(modelPricing.source, source));
  return rows;
}

/** How many offers of a source the book has present, by state. */
export async function countPresentOffers(tx: Tx, source: string): Promise<Partial<Record<OfferState, number>>> {
  const rows = await tx
    .select({ state: modelPricing.state, offers: count() })
    .from(modelPricing)
    .where(and(eq(modelPricing.source, source), eq(modelPricing.missedPayloads, 0)))
    .groupBy(modelPricing.state);
  return Object.fromEntries(rows.map(({ state, offers }) => [state, offers]));
}

type ApplyInput = Readonly<{
  source: string;
  comparison: SheetComparison;
  jobId: string;
  payloadDigest: string;
  fence: bigint;
  cause: ChangeCause;
}>;

/** Writes what a comparison decided, in a handful of statements whatever its size. Answers how many were delisted. */
export async function applySheet(tx: Tx, input: ApplyInput): Promise<{ delisted: number }> {
  const { source, comparison } = input;
  const written = [...comparison.created, ...comparison.changed];
  if (written.length > 0) {
    await insertHistory(tx, input, written);
    await upsertCurrent(tx, input, written);
  }
  if (comparison.returned.length > 0) await markReturned(tx, comparison.returned);
  const gated = new Set(comparison.coverageGaps.map((gap) => gap.seller));
  const missing = comparison.missing.filter((row) => !gated.has(row.seller));
  return { delisted: missing.length > 0 ? await markMissing(tx, source, missing) : 0 };
}

// One parameter for all rows; amounts stay text until Postgres reads them as numeric.
function asRows(offers: readonly FingerprintedOffer[]): string {
  return JSON.stringify(
    offers.map((offer) => ({
      seller: offer.seller,
      model: offer.model,
      variant: offer.variant,
      listing: offer.listing,
      state: offer.state,
      charges: offer.charges,
      fingerprint: offer.fingerprint,
      input_usd_per_token: findBaseAmount(offer.charges, "input"),
      output_usd_per_token: findBaseAmount(offer.charges, "output"),
      cache_read_usd_per_token: findBaseAmount(offer.charges, "cache_read"),
    })),
  );
}

function incoming(offers: readonly FingerprintedOffer[]) {
  return sql`incoming as materialized (
    select * from jsonb_to_recordset(${asRows(offers)}::text::jsonb) as row(
      seller text, model text, variant text, listing text, state text, charges jsonb, fingerprint text,
      input_usd_per_token numeric, output_usd_per_token numeric, cache_read_usd_per_token numeric))`;
}

async function insertHistory(tx: Tx, input: ApplyInput, offers: readonly FingerprintedOffer[]): Promise<void> {
  await tx.execute(sql`
    with ${incoming(offers)}, instant as materialized (select clock_timestamp() as now)
    insert into model_pricing_history (source, seller, model, variant, state, charges, fingerprint,
      previous_state, previous_charges, effective_at, observed_at, cause, job_id, payload_digest, fence)
    select ${input.source}, i.seller, i.model, i.variant, i.state, i.charges, i.fingerprint,
      p.state, p.charges, instant.now, instant.now, ${input.cause}, ${input.jobId}::uuid, ${input.payloadDigest}, ${input.fence}
    from incoming i cross join instant
    left join model_pricing p
      on p.source = ${input.source} and p.seller = i.seller and p.model = i.model and p.variant = i.variant`);
}

async function upsertCurrent(tx: Tx, input: ApplyInput, offers: readonly FingerprintedOffer[]): Promise<void> {
  await tx.execute(sql`
    with ${incoming(offers)}, instant as materialized (select clock_timestamp() as now)
    insert into model_pricing (source, seller, model, variant, listing, state, charges, fingerprint,
      input_usd_per_token, output_usd_per_token, cache_read_usd_per_token,
      effective_at, observed_at, job_id, payload_digest)
    select ${input.source}, i.seller, i.model, i.variant, i.listing, i.state, i.charges, i.fingerprint,
      i.input_usd_per_token, i.output_usd_per_token, i.cache_read_usd_per_token,
      instant.now, instant.now, ${input.jobId}::uuid, ${input.payloadDigest}
    from incoming i cross join instant
    on conflict (source, seller, model, variant) do update set
      listing = excluded.listing, state = excluded.state, charges = excluded.charges, fingerprint = excluded.fingerprint,
      input_usd_per_token = excluded.input_usd_per_token, output_usd_per_token = excluded.output_usd_per_token,
      cache_read_usd_per_token = excluded.cache_read_usd_per_token, effective_at = excluded.effective_at,
      observed_at = excluded.observed_at, job_id = excluded.job_id, payload_digest = excluded.payload_digest`);
}

function idList(rows: readonly BookedOffer[]) {
  return sql`(select jsonb_array_elements_text(${JSON.stringify(rows.map((row) => row.id))}::text::jsonb)::bigint)`;
}

async function markReturned(tx: Tx, rows: readonly BookedOffer[]): Promise<void> {
  await tx
    .update(modelPricing)
    .set({ missedPayloads: 0, missingSince: null, delistedAt: null })
    .where(sql`${modelPricing.id} in ${idList(rows)}`);
}

async function markMissing(tx: Tx, source: string, rows: readonly BookedOffer[]): Promise<number> {
  const marked = await tx
    .update(modelPricing)
    .set({
      missedPayloads: sql`${modelPricing.missedPayloads} + 1`,
      missingSince: sql`coalesce(${modelPricing.missingSince}, clock_timestamp())`,
      delistedAt: sql`case when ${modelPricing.missedPayloads} + 1 >= ${MISSES_UNTIL_DELISTED}
        then coalesce(${modelPricing.delistedAt}, clock_timestamp()) end`,
    })
    .where(and(eq(modelPricing.source, source), sql`${modelPricing.id} in ${idList(rows)}`))
    .returning({ missed: modelPricing.missedPayloads });
  return marked.filter((row) => row.missed === MISSES_UNTIL_DELISTED).length;
}
