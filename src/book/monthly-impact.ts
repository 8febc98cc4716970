import { sql } from "drizzle-orm";
import { z } from "zod";
import { trustCharges } from "#/book/get-price.ts";
import type { Db } from "#/platform/database.ts";
import { costImpact } from "#/price/cost-impact.ts";
import { decimal } from "#/price/decimal.ts";
import type { OfferKey } from "#/price/offer.ts";
import type { chargeOutput } from "#/terms/offer-output.ts";
import { METERS } from "#/terms/meter.ts";

type Change = OfferKey &
  Readonly<{ before: readonly z.infer<typeof chargeOutput>[]; after: readonly z.infer<typeof chargeOutput>[] }>;

const usageRow = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  meter: z.enum(METERS),
  unitsPerMonth: z.string(),
});

/** What each change comes to in USD a month, by the recorded usage; in the order of the changes; null when none meets it. */
export async function monthlyImpacts(db: Db, changes: readonly Change[]): Promise<(string | null)[]> {
  // A first price, and one that is gone, have nothing to be compared with.
  const compared = changes.filter(({ before, after }) => before.length > 0 && after.length > 0);
  if (compared.length === 0) return changes.map(() => null);
  const models = JSON.stringify([...new Set(compared.map(({ model }) => model))]);
  const rows = await db.execute(sql`
    select seller, model, variant, meter, units_per_month::text as "unitsPerMonth" from model_usage
    where model in (select jsonb_array_elements_text(${models}::text::jsonb))`);
  const usage = Map.groupBy(z.array(usageRow).parse([...rows]), keyOf);
  return changes.map((change) => {
    const lines = usage.get(keyOf(change)) ?? [];
    const impact = costImpact(
      lines.map(({ meter, unitsPerMonth }) => ({ meter, unitsPerMonth: decimal(unitsPerMonth) })),
      trustCharges(change.before),
      trustCharges(change.after),
    );
    return impact ?? null;
  });
}

function keyOf({ seller, model, variant }: OfferKey): string {
  return JSON.stringify([seller, model, variant]);
}
