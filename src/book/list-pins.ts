import { sql } from "drizzle-orm";
import { z } from "zod";
import { pinsAt } from "#/book/book-at.ts";
import { chargeOutput, pinOutput, trustCharges } from "#/book/get-price.ts";
import type { Db } from "#/platform/database.ts";
import { chargeKey } from "#/price/charge.ts";

export const pinView = pinOutput.extend({
  /** What the most trusted source asks now; null when no source has the offer. */
  below: z.object({ source: z.string(), state: z.string(), charges: z.array(chargeOutput) }).nullable(),
  /** The source's price has moved away from the pinned one. */
  hasDrift: z.boolean(),
});
export type PinView = z.infer<typeof pinView>;

const row = pinOutput.extend({ below: pinView.shape.below });

/** The pins in force, with what the sources ask below them. */
export async function listPins(db: Db, { search }: { search?: string | undefined } = {}): Promise<PinView[]> {
  const words = (search ?? "").split(/\s+/).filter((word) => word !== "");
  const matches = words.map((word) => {
    const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    return sql`concat_ws(' ', n.seller, n.model, n.variant, n.reason) ilike ${pattern}`;
  });
  const rows = await db.execute(sql`
    select n.id::text, n.seller, n.model, n.variant, n.meter, n.state, n.charges, n.reason, n.set_by as "setBy",
      to_json(n.set_at) #>> '{}' as "setAt", to_json(n.expires_at) #>> '{}' as "expiresAt", below.ask as below
    from (${pinsAt({}, matches)}) n left join lateral (
      select jsonb_build_object('source', p.source, 'state', p.state, 'charges', p.charges) as ask
      from model_pricing p left join sources s on s.name = p.source
      where p.seller = n.seller and p.model = n.model and p.variant = n.variant and p.delisted_at is null
      order by p.state not in ('priced', 'free'), s.trust nulls last, p.source limit 1) below on true
    order by n.model, n.seller, n.variant, n.meter nulls first`);
  return z
    .array(row)
    .parse([...rows])
    .map((pin) => ({ ...pin, hasDrift: hasDrift(pin) }));
}

function hasDrift({ below, charges, meter }: z.infer<typeof row>): boolean {
  if (below === null) return false;
  const asked = trustCharges(below.charges).filter((charge) => meter === null || charge.meter === meter);
  const pinned = new Map(trustCharges(charges).map((charge) => [chargeKey(charge), charge.amount]));
  return asked.length !== pinned.size || asked.some((charge) => pinned.get(chargeKey(charge)) !== charge.amount);
}
