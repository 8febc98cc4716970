import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { chargeOutput } from "#/terms/offer-output.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

const listing = z.object({
  listing: z.string(),
  model: z.string(),
  variant: z.string(),
  state: z.enum(OFFER_STATES),
  charges: z.array(chargeOutput),
});

/** The last good price of each entry of a source. */
export async function listListings(db: Db, source: string): Promise<z.infer<typeof listing>[]> {
  const rows = await db.execute(sql`
    select listing, model, variant, state, charges from model_pricing where source = ${source}`);
  return z.array(listing).parse([...rows]);
}
