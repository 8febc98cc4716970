import { sql } from "drizzle-orm";
import { z } from "zod";
import { pinsAt } from "#/book/pins-at.ts";
import { pinOutput, trustCharges } from "#/book/get-price.ts";
import type { Db } from "#/platform/database.ts";
import { chargeKey, sortCharges } from "#/price/charge.ts";
import { chargeOutput } from "#/terms/offer-output.ts";

export const pinView = pinOutput.extend({
  /** What the first source by rank asks now; null when no source has the offer. */
  below: z.object({ source: z.string(), state: z.string(), charges: z.array(chargeOutput) }).nullable(),
  /** What the same source asked when the pin was set, where that is another price of what is pinned: the drift. */
  drift: z.object({ state: z.string(), charges: z.array(chargeOutput) }).nullable(),
});
export type PinView = z.infer<typeof pinView>;

const row = pinOutput.extend({ below: pinView.shape.below, earlier: pinView.shape.drift });

/** The pins in force, with what the first source by rank asks below them, and asked when they were set. */
export async function listPins(db: Db, { search }: { search?: string | undefined } = {}): Promise<PinView[]> {
  const words = (search ?? "").split(/\s+/).filter((word) => word !== "");
  const matches = words.map((word) => {
    const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    return sql`concat_ws(' ', n.seller, n.model, n.variant, n.reason) ilike ${pattern}`;
  });
  const rows = await db.execute(sql`
    select n.id::text, n.seller, n.model, n.variant, n.meter, n.state, n.charges, n.reason, n.set_by as "setBy",
      to_json(n.set_at) #>> '{}' as "setAt", to_json(n.expires_at) #>> '{}' as "expiresAt",
      case when below.source is not null then
        jsonb_build_object('source', below.source, 'state', below.state, 'charges', below.charges) end as below,
      case when earlier.id is not null then jsonb_build_object('state', earlier.state, 'charges', earlier.charges) end as earlier
    from (${pinsAt({}, matches)}) n left join lateral (
      select p.source, p.listing, p.state, p.charges from model_pricing p
      where p.seller = n.seller and p.model = n.model and p.variant = n.variant and p.delisted_at is null
      order by p.state not in ('priced', 'free'), source_rank(p.source), p.source, p.id limit 1) below on true
    left join lateral (
      select h.id, h.state, h.charges from model_pricing_history h
      where h.source = below.source and h.listing = below.listing and h.seller = n.seller and h.model = n.model and h.variant = n.variant
        and h.effective_at <= n.set_at and h.observed_at <= n.set_at
      order by h.effective_at desc nulls last, h.id desc limit 1) earlier on true
    order by n.model, n.seller, n.variant, n.meter nulls first`);
  return z
    .array(row)
    .parse([...rows])
    .map(({ earlier, ...pin }) => ({ ...pin, drift: hasMoved(pin, earlier) ? earlier : null }));
}

function hasMoved({ below, meter }: Pick<PinView, "below" | "meter">, earlier: PinView["drift"]): boolean {
  const linesOf = (charges: z.infer<typeof chargeOutput>[]) =>
    sortCharges(trustCharges(charges))
      .filter((charge) => meter === null || charge.meter === meter)
      .map((charge) => `${chargeKey(charge)} ${charge.amount}`)
      .join();
  return below !== null && earlier !== null && linesOf(below.charges) !== linesOf(earlier.charges);
}
