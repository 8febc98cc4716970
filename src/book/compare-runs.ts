import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { CHANGES, conditionOf } from "#/book/list-rate-changes.ts";
import type { Db } from "#/platform/database.ts";
import { chargeOutput } from "#/terms/offer-output.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

const ask = z.object({ state: z.enum(OFFER_STATES), charges: z.array(chargeOutput) });
/** `before` is null for a first price. */
const move = z.object({ before: ask.nullable(), after: ask });

/** Prices that one of two runs moved and the other did not, or that they moved to different values. */
export const runDifference = z.object({
  prices: z.array(
    z.object({ seller: z.string(), model: z.string(), variant: z.string(), a: move.nullable(), b: move.nullable() }),
  ),
  /** Of all, also those that are not listed. */
  onlyA: z.int(),
  onlyB: z.int(),
  differently: z.int(),
  /** Moved by both to the same value. */
  alike: z.int(),
});
export type RunDifference = z.infer<typeof runDifference>;

/** What a run left each price at that it moved: a run with several versions may move one more than once. */
const movedBy = (jobId: string): SQL => sql`
  select distinct on (r.seller, r.model, r.variant) r.seller, r.model, r.variant, r.fingerprint,
    json_build_object('before', case when b.id is not null and b.origins <> '[]' then json_build_object('state', b.state, 'charges', b.charges) end,
      'after', json_build_object('state', r.state, 'charges', r.charges)) as move
  from ${CHANGES} where ${conditionOf({ jobId })} order by r.seller, r.model, r.variant, v.version desc`;

type Input = Readonly<{ a: string; b: string; limit: number }>;

/** Which prices in force two runs moved differently; at most `limit` of them are listed, those of `a` alone first. */
export async function compareRuns(db: Db, { a, b, limit }: Input): Promise<RunDifference> {
  const rows = await db.execute(sql`
    with moved as (
      select coalesce(a.seller, b.seller) as seller, coalesce(a.model, b.model) as model, coalesce(a.variant, b.variant) as variant,
        a.move as a, b.move as b,
        case when b.seller is null then 'onlyA' when a.seller is null then 'onlyB'
          when a.fingerprint <> b.fingerprint then 'differently' else 'alike' end as what
      from (${movedBy(a)}) a full join (${movedBy(b)}) b on (a.seller, a.model, a.variant) = (b.seller, b.model, b.variant))
    select count(*) filter (where what = 'onlyA')::int as "onlyA", count(*) filter (where what = 'onlyB')::int as "onlyB",
      count(*) filter (where what = 'differently')::int as differently, count(*) filter (where what = 'alike')::int as alike,
      coalesce((select json_agg(listed) from (
        select seller, model, variant, a, b from moved where what <> 'alike'
        order by array_position(array['differently', 'onlyA', 'onlyB'], what), model, seller, variant limit ${limit}) listed), '[]') as prices
    from moved`);
  return runDifference.parse(rows[0]);
}
