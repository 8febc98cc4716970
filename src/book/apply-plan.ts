import { inArray, sql } from "drizzle-orm";
import { idSet } from "#/book/lock-sources.ts";
import { asOfferRows, offerRows } from "#/book/offer-rows.ts";
import { putInForce, type MovedOffer } from "#/book/put-in-force.ts";
import type { Arrival, HeldArrival, SheetPlan } from "#/book/plan-sheet.ts";
import { modelPricing, modelPricingHistory, priceHolds } from "#/book/schema.ts";
import { settleMoved } from "#/book/settle-rates.ts";
import type { Tx } from "#/platform/database.ts";
import type { BookedOffer } from "#/price/compare-sheets.ts";
import type { OfferKey } from "#/price/offer.ts";

/** After so many payloads in a row without it, a model is delisted. */
export const MISSES_UNTIL_DELISTED = 3;

export type Origin = Readonly<{
  source: string;
  jobId: string;
  payloadDigest: string;
  fence: bigint;
  cause: "sync" | "backfill";
  /** When the payload was seen: ISO 8601, UTC. */
  observedAt: string;
}>;

/**
 * Writes what a plan decided, in a handful of statements whatever its size, and settles the rates of all that moved, of what
 * has come due before the plan among them. Answers how many offers were delisted.
 */
export async function applyPlan(
  tx: Tx,
  plan: SheetPlan,
  origin: Origin,
  due: readonly MovedOffer[] = [],
): Promise<{ delisted: number }> {
  if (plan.apply.length > 0) await applyArrivals(tx, plan.apply, origin);
  if (plan.withdraw.length > 0) await withdraw(tx, plan, origin);
  if (plan.announce.length > 0) await announce(tx, plan.announce, origin);
  await writeHolds(tx, plan, origin);
  const { comparison } = plan;
  if (comparison.returned.length > 0) await markReturned(tx, comparison.returned);
  if (comparison.stale.length > 0) await markStale(tx, comparison.stale, origin);
  const delisted = comparison.missing.length > 0 ? await markMissing(tx, comparison.missing, origin) : [];
  const moved: MovedOffer[] = [
    ...due.map((offer) => ({ ...offer, cause: "due" as const })),
    ...[...plan.apply, ...plan.announce].map(({ offer, effectiveFrom }) => ({
      ...keyOf(offer),
      effectiveAt: effectiveFrom ?? origin.observedAt,
    })),
    ...plan.withdraw.map((price) => ({ ...keyOf(price), effectiveAt: price.effectiveAt })),
    ...delisted,
  ];
  const { cause, jobId, fence } = origin;
  await settleMoved(tx, moved, { cause, jobId, fence });
  return { delisted: delisted.length };
}

async function applyArrivals(tx: Tx, arrivals: readonly Arrival[], origin: Origin): Promise<void> {
  const { source, jobId, payloadDigest, fence, observedAt } = origin;
  const incoming = sql`
    select ${source}::text as source, i.*, ${observedAt}::timestamptz as effective_at, ${observedAt}::timestamptz as observed_at,
      ${jobId}::uuid as job_id, ${payloadDigest}::text as payload_digest
    from (${offerRows(arrivals)}) i`;
  await putInForce(tx, incoming, { cause: "sync", fence });
}

async function announce(tx: Tx, arrivals: readonly Arrival[], origin: Origin): Promise<void> {
  const { source, jobId, payloadDigest, fence, observedAt } = origin;
  await tx.execute(sql`
    with incoming as materialized (${offerRows(arrivals)})
    insert into model_pricing_history (source, seller, model, variant, listing, listed_as, derived_from, state, charges,
      discount, fingerprint, previous_state, previous_charges, effective_at, observed_at, cause, announced, job_id, payload_digest, fence)
    select ${source}, seller, model, variant, listing, listed_as, derived_from, state, charges, discount, fingerprint, before_state, before_charges,
      effective_from, ${observedAt}::timestamptz, 'sync', true, ${jobId}::uuid, ${payloadDigest}, ${fence}
    from incoming`);
}

async function withdraw(tx: Tx, { withdraw: prices }: SheetPlan, { observedAt }: Origin): Promise<void> {
  await tx
    .update(modelPricingHistory)
    .set({ withdrawnAt: sql`${observedAt}::timestamptz` })
    .where(sql`${modelPricingHistory.id} in ${idSet(prices.map(({ id }) => id))}`);
}

async function writeHolds(tx: Tx, plan: SheetPlan, origin: Origin): Promise<void> {
  const { observedAt } = origin;
  const seen = sql`${observedAt}::timestamptz`;
  if (plan.resolve.length > 0) {
    const decisions = JSON.stringify(plan.resolve.map(({ hold, why }) => ({ id: String(hold.id), why })));
    await tx.execute(sql`
      update price_holds set state = 'resolved', decided_at = ${seen}, decision = r.why
      from jsonb_to_recordset(${decisions}::text::jsonb) as r(id bigint, why text) where price_holds.id = r.id`);
  }
  if (plan.stillHeld.length > 0)
    await tx
      .update(priceHolds)
      .set({ lastSeenAt: seen })
      .where(
        inArray(
          priceHolds.id,
          plan.stillHeld.map(({ id }) => id),
        ),
      );
  if (plan.hold.length > 0) await openHolds(tx, plan.hold, origin);
}

async function openHolds(tx: Tx, held: readonly HeldArrival[], origin: Origin): Promise<void> {
  const { source, jobId, payloadDigest, fence, observedAt } = origin;
  const verdicts = held.map(({ verdict: { reasons, findings, evidence } }) => ({ reasons, findings, evidence }));
  const rows = asOfferRows(held).map((row, index) => ({ ...row, ...verdicts[index] }));
  await tx.execute(sql`
    insert into price_holds (source, seller, model, variant, listing, listed_as, reasons, findings, evidence, old_state, old_charges,
      old_fingerprint, new_state, new_charges, new_discount, new_fingerprint, effective_at, observed_at, last_seen_at,
      job_id, payload_digest, fence)
    select ${source}, seller, model, variant, listing, listed_as, array(select jsonb_array_elements_text(reasons)), findings, evidence,
      before_state, before_charges, before_fingerprint, state, charges, discount, fingerprint, effective_from,
      ${observedAt}::timestamptz, ${observedAt}::timestamptz, ${jobId}::uuid, ${payloadDigest}, ${fence}
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as row(
      seller text, model text, variant text, listing text, listed_as text, state text, charges jsonb, discount jsonb, fingerprint text,
      before_state text, before_charges jsonb, before_fingerprint text, effective_from timestamptz, reasons jsonb, findings jsonb, evidence jsonb)`);
}

async function markReturned(tx: Tx, rows: readonly BookedOffer[]): Promise<void> {
  await tx
    .update(modelPricing)
    .set({ missedPayloads: 0, missingSince: null, delistedAt: null, staleSince: null, stalePayloads: 0 })
    .where(sql`${modelPricing.id} in ${idSet(rows.map(({ id }) => id))}`);
}

async function markStale(tx: Tx, rows: readonly BookedOffer[], { observedAt }: Origin): Promise<void> {
  await tx
    .update(modelPricing)
    .set({
      staleSince: sql`coalesce(${modelPricing.staleSince}, ${observedAt}::timestamptz)`,
      stalePayloads: sql`${modelPricing.stalePayloads} + 1`,
    })
    .where(sql`${modelPricing.id} in ${idSet(rows.map(({ id }) => id))}`);
}

async function markMissing(tx: Tx, rows: readonly BookedOffer[], origin: Origin): Promise<MovedOffer[]> {
  const { observedAt, jobId, payloadDigest, fence } = origin;
  const delisted = await tx.execute<MovedOffer>(sql`
    with missed as (
      update model_pricing set missed_payloads = missed_payloads + 1, stale_since = null, stale_payloads = 0,
        missing_since = coalesce(missing_since, stale_since, ${observedAt}::timestamptz),
        delisted_at = case when missed_payloads + 1 >= ${MISSES_UNTIL_DELISTED}
          then coalesce(delisted_at, ${observedAt}::timestamptz) end
      where id in ${idSet(rows.map(({ id }) => id))} returning *),
    gone as (
      insert into model_pricing_history (source, seller, model, variant, listing, listed_as, state, charges, fingerprint, previous_state,
        previous_charges, effective_at, observed_at, cause, job_id, payload_digest, fence)
      select source, seller, model, variant, listing, listed_as, 'unknown', '[]', 'delisted', state, charges, delisted_at, delisted_at, 'delist',
        ${jobId}::uuid, ${payloadDigest}, ${fence}
      from missed where delisted_at is not null returning seller, model, variant, effective_at)
    select seller, model, variant, to_json(effective_at) #>> '{}' as "effectiveAt" from gone`);
  return delisted.map((offer) => ({ ...offer, cause: "delist" as const }));
}

function keyOf({ seller, model, variant }: OfferKey): OfferKey {
  return { seller, model, variant };
}
