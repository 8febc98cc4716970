import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { monthlyImpacts } from "#/book/monthly-impact.ts";
import { putInForce, type MovedOffer } from "#/book/put-in-force.ts";
import { settleMoved } from "#/book/settle-rates.ts";
import { UNKNOWN_FINGERPRINT } from "#/book/unknown-price.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { sumImpacts } from "#/price/cost-impact.ts";
import { chargeOutput } from "#/terms/offer-output.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

const ask = z.object({ state: z.enum(OFFER_STATES), charges: z.array(chargeOutput) });

/** One price that a revert takes back. `before` is in force now, `after` would be. */
export const revertedPrice = z.object({
  source: z.string(),
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  before: ask,
  after: ask,
  /** USD a month, by the recorded usage; null when none meets it. */
  monthlyImpactUsd: z.string().nullable(),
});
export type RevertedPrice = z.infer<typeof revertedPrice>;

// What the run changed, and no later run, approval or revert has moved since.
const standing = (jobId: string): SQL => sql`
  select h.id, h.source, h.seller, h.model, h.variant, h.listing, h.listed_as, h.derived_from, h.state as old_state, h.charges as old_charges,
    h.fingerprint as old_fingerprint, h.discount as old_discount, h.payload_digest as old_digest,
    coalesce(b.state, 'unknown') as state, coalesce(b.charges, '[]') as charges, b.discount,
    coalesce(b.fingerprint, ${UNKNOWN_FINGERPRINT}) as fingerprint, b.job_id, b.payload_digest
  from model_pricing_history h
  join model_pricing p on p.history_id = h.id
  left join lateral (
    select * from model_pricing_history o where (o.source, o.seller, o.model, o.variant, o.listing) = (h.source, h.seller, h.model, h.variant, h.listing)
      and o.id < h.id and o.withdrawn_at is null and o.effective_at <= h.effective_at
    order by o.effective_at desc, o.id desc limit 1) b on true
  where h.job_id = ${jobId}::uuid and h.cause = 'sync'`;

/**
 * What reverting a run would do, and what that comes to in USD a month; nothing is written. `later` counts what it changed
 * and something moved since.
 */
export async function previewRevert(
  db: Db,
  jobId: string,
  source: string,
): Promise<{ prices: RevertedPrice[]; later: number; monthlyImpactUsd: string | null }> {
  const rows = await db.execute(sql`
    select source, seller, model, variant, jsonb_build_object('state', old_state, 'charges', old_charges) as before,
      jsonb_build_object('state', state, 'charges', charges) as after
    from (${standing(jobId)}) s where source = ${source} order by model, seller, variant`);
  const [all] = await db.execute<{ changed: number }>(
    sql`select count(*)::int as changed from model_pricing_history
      where job_id = ${jobId}::uuid and source = ${source} and cause = 'sync' and not announced`,
  );
  const found = z.array(revertedPrice.omit({ monthlyImpactUsd: true })).parse([...rows]);
  const impacts = await monthlyImpacts(
    db,
    found.map((one) => ({ ...one, before: one.before.charges, after: one.after.charges })),
  );
  return {
    prices: found.map((one, index) => ({ ...one, monthlyImpactUsd: impacts[index] ?? null })),
    later: (all?.changed ?? 0) - found.length,
    monthlyImpactUsd: sumImpacts(impacts),
  };
}

/** The sources whose prices a run changed. */
export async function listChangedSources(db: Db, jobId: string): Promise<string[]> {
  const rows = await db.execute<{ source: string }>(sql`
    select distinct source from model_pricing_history where job_id = ${jobId}::uuid and cause = 'sync' order by source`);
  return rows.map(({ source }) => source);
}

type RevertInput = Readonly<{
  /** The run whose changes are taken back … */
  revertedJobId: string;
  source: string;
  /** … and the run that does it. */
  jobId: string;
  fence: bigint;
  actor: string;
  reason: string;
}>;

/**
 * Takes back what one run changed at one source; what later runs changed stays. The values are remembered as rejected, so
 * that the next sync does not bring them straight back. Answers how many prices moved.
 */
export async function revertRun(tx: Tx, input: RevertInput): Promise<number> {
  const { revertedJobId, source, jobId, fence, actor, reason } = input;
  await tx.execute(sql`create temporary table reverted on commit drop as
    select * from (${standing(revertedJobId)}) s where s.source = ${source}`);
  await tx.execute(sql`
    insert into price_holds (source, seller, model, variant, listing, listed_as, state, reasons, findings, evidence, old_state,
      old_charges, old_fingerprint, new_state, new_charges, new_discount, new_fingerprint, observed_at, last_seen_at, job_id,
      payload_digest, fence, decided_at, decided_by, decision)
    select source, seller, model, variant, listing, listed_as, 'rejected', array['REVERTED'], '[]', '[]', state, charges, fingerprint,
      old_state, old_charges, old_discount, old_fingerprint, clock_timestamp(), clock_timestamp(), ${jobId}::uuid,
      old_digest, ${fence}, clock_timestamp(), ${actor}, ${reason}
    from reverted`);
  const incoming = sql`
    select source, seller, model, variant, listing, listed_as, derived_from, state, charges, discount, fingerprint,
      clock_timestamp() as effective_at, clock_timestamp() as observed_at, ${jobId}::uuid as job_id, payload_digest
    from reverted`;
  const moved = await putInForce(tx, incoming, { cause: "revert", fence, actor, reason });
  const withdrawn = await tx.execute<MovedOffer>(sql`
    update model_pricing_history set withdrawn_at = clock_timestamp()
    where job_id = ${revertedJobId}::uuid and source = ${source} and announced and withdrawn_at is null
      and effective_at > clock_timestamp()
    returning seller, model, variant, to_json(effective_at) #>> '{}' as "effectiveAt"`);
  await settleMoved(tx, [...moved, ...withdrawn], { cause: "revert", jobId, fence, actor, reason });
  // An archived payload from before this moment can no longer come after it.
  await tx.execute(
    sql`update sources set observed_at = greatest(observed_at, clock_timestamp()) where name = ${source}`,
  );
  return moved.length;
}
