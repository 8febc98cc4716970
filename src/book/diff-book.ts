import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { bookAt, type AsOf } from "#/book/book-at.ts";
import { monthlyImpacts } from "#/book/monthly-impact.ts";
import type { Db } from "#/platform/database.ts";
import { chargeOutput, OFFER_STATES } from "#/terms/offer.ts";

const ask = z.object({ state: z.enum(OFFER_STATES), charges: z.array(chargeOutput) });

export const bookDifference = z.object({
  source: z.string(),
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  /** Null where the book had no such offer. */
  before: ask.nullable(),
  after: ask.nullable(),
  monthlyImpactUsd: z.string().nullable(),
});
export type BookDifference = z.infer<typeof bookDifference>;

export type DiffBookInput = Readonly<{
  from: string;
  /** Now when absent. */
  to?: string | undefined;
  source?: string | undefined;
  seller?: string | undefined;
  limit: number;
}>;

/**
 * What differs in the whole book between two instants, each as it was known at that instant: what somebody who looked then
 * and looks now would see move. Answers the first `limit` differences and how many there are.
 */
export async function diffBook(
  db: Db,
  input: DiffBookInput,
): Promise<{ differences: BookDifference[]; total: number }> {
  const filters: SQL[] = [];
  if (input.source !== undefined) filters.push(sql`h.source = ${input.source}`);
  if (input.seller !== undefined) filters.push(sql`h.seller = ${input.seller}`);
  const asOf = (instant: string | undefined): AsOf => ({ at: instant, knownAt: instant });
  const rows = await db.execute(sql`
    with a as (${bookAt(asOf(input.from), filters)}), b as (${bookAt(asOf(input.to), filters)}),
    moved as (
      select source, seller, model, variant, a.state as old_state, a.charges as old_charges,
        b.state as new_state, b.charges as new_charges
      from a full join b using (source, seller, model, variant)
      where a.state is distinct from b.state or a.charges is distinct from b.charges)
    select source, seller, model, variant, count(*) over ()::int as total,
      case when old_state is not null then jsonb_build_object('state', old_state, 'charges', old_charges) end as before,
      case when new_state is not null then jsonb_build_object('state', new_state, 'charges', new_charges) end as after
    from moved order by model, seller, variant, source limit ${input.limit}`);
  const found = z.array(bookDifference.omit({ monthlyImpactUsd: true }).extend({ total: z.number() })).parse([...rows]);
  const impacts = await monthlyImpacts(
    db,
    found.map((one) => ({ ...one, before: one.before?.charges ?? [], after: one.after?.charges ?? [] })),
  );
  return {
    differences: found.map((one, index) => ({ ...one, monthlyImpactUsd: impacts[index] ?? null })),
    total: found[0]?.total ?? 0,
  };
}
