import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { monthlyImpacts } from "#/book/monthly-impact.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { CHANGE_CAUSES } from "#/book/schema.ts";
import type { Db } from "#/platform/database.ts";
import { chargeOutput, offerShape } from "#/terms/offer-output.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

export const historyEntry = z.object({
  id: z.string(),
  ...offerShape,
  /** Null for the first price. */
  previousState: z.enum(OFFER_STATES).nullable(),
  previousCharges: z.array(chargeOutput).nullable(),
  effectiveAt: z.string(),
  observedAt: z.string(),
  cause: z.enum(CHANGE_CAUSES),
  jobId: z.string().nullable(),
  payloadDigest: z.string().nullable(),
  /** For a day after it was observed, and when the source took that back. */
  announced: z.boolean(),
  withdrawnAt: z.string().nullable(),
  /** The person or key behind a decision, and the reason they gave. */
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  /** What the change comes to in USD a month, by the usage recorded now; null when none meets it. */
  monthlyImpactUsd: z.string().nullable(),
});
export type HistoryEntry = z.infer<typeof historyEntry>;

export type ListHistoryInput = Readonly<{
  model: string;
  seller?: string | undefined;
  variant?: string | undefined;
  source?: string | undefined;
  limit: number;
}>;

/** Every state that matching offers of the sources ever had, newest first. */
export async function listHistory(db: Db, input: ListHistoryInput): Promise<HistoryEntry[]> {
  const filters = [sql`true`];
  if (input.seller !== undefined) filters.push(sql`h.seller = ${(await readSellers(db)).identityOf(input.seller)}`);
  if (input.variant !== undefined) filters.push(sql`h.variant = ${input.variant}`);
  if (input.source !== undefined) filters.push(sql`h.source = ${input.source}`);
  const newest = sql`order by h.effective_at desc nulls last, h.id desc limit ${input.limit}`;
  const rows = await db.execute(sql`
    select h.id::text, h.source, h.seller, h.model, h.variant, h.state, h.charges, previous_state as "previousState",
      previous_charges as "previousCharges", to_json(effective_at) #>> '{}' as "effectiveAt",
      to_json(observed_at) #>> '{}' as "observedAt", cause, job_id as "jobId", payload_digest as "payloadDigest",
      announced, to_json(withdrawn_at) #>> '{}' as "withdrawnAt", actor, reason
    from (${offersOf(input.model)}) k cross join lateral (
      select h.* from model_pricing_history h
      where (h.model, h.seller, h.variant, h.source) = (${input.model}, k.seller, k.variant, k.source) ${newest}) h
    where ${sql.join(filters, sql` and `)} ${newest}`);
  const entries = z.array(historyEntry.omit({ monthlyImpactUsd: true })).parse([...rows]);
  const impacts = await monthlyImpacts(
    db,
    entries.map((entry) => ({ ...entry, before: entry.previousCharges ?? [], after: entry.charges })),
  );
  return entries.map((entry, index) => ({ ...entry, monthlyImpactUsd: impacts[index] ?? null }));
}

/** A query for who ever asked a price of a model, as which variant: from one to the next by the index, whatever the length of the history. */
function offersOf(model: string): SQL {
  const next = (after: SQL) => sql`(
    select h.seller, h.variant, h.source from model_pricing_history h where h.model = ${model} and ${after}
    order by h.seller, h.variant, h.source limit 1)`;
  return sql`
    with recursive walk as (
      ${next(sql`true`)}
      union all
      select n.* from walk w cross join lateral ${next(sql`(h.seller, h.variant, h.source) > (w.seller, w.variant, w.source)`)} n)
    select * from walk`;
}
