import { sql } from "drizzle-orm";
import { z } from "zod";
import { CHANGE_CAUSES, PIN_SOURCE } from "#/book/schema.ts";
import type { Db } from "#/platform/database.ts";
import { chargeOutput, offerShape, OFFER_STATES } from "#/terms/offer.ts";

export const priceChange = z.object({
  source: offerShape.source,
  seller: offerShape.seller,
  model: offerShape.model,
  variant: offerShape.variant,
  state: z.enum(OFFER_STATES),
  charges: z.array(chargeOutput),
  previousState: z.enum(OFFER_STATES).nullable(),
  previousCharges: z.array(chargeOutput).nullable(),
  cause: z.enum(CHANGE_CAUSES),
  actor: z.string().nullable(),
});
export type PriceChange = z.infer<typeof priceChange>;

/** Which history rows: their ids, as a JSON array of numbers. */
type Input = Readonly<{ ids: readonly number[]; limit: number }>;
export type Changes = Readonly<{ first: number; changed: number; gone: number; samples: PriceChange[] }>;

/** What became of prices: how many came, changed and went, and the first few, changes before newcomers. */
export async function listChanges(db: Db, { ids, limit }: Input): Promise<Changes> {
  const rows = sql`
    select h.*, case when cause in ('delist', 'unpin') then 'gone'
      when previous_state is null and source <> ${PIN_SOURCE} then 'first' else 'changed' end as what
    from model_pricing_history h
    where id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;
  const [counts] = await db.execute<Omit<Changes, "samples">>(sql`
    select count(*) filter (where what = 'first')::int as first, count(*) filter (where what = 'changed')::int as changed,
      count(*) filter (where what = 'gone')::int as gone from (${rows}) h`);
  const samples = await db.execute(sql`
    select source, seller, model, variant, state, charges, previous_state as "previousState",
      previous_charges as "previousCharges", cause, actor
    from (${rows}) h order by what, seller, model, variant, source limit ${limit}`);
  return { ...(counts ?? { first: 0, changed: 0, gone: 0 }), samples: z.array(priceChange).parse([...samples]) };
}
