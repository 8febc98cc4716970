import { sql } from "drizzle-orm";
import { z } from "zod";
import { sellerSpellings } from "#/book/schema.ts";
import type { Db } from "#/platform/database.ts";
import { SELLERS, sellerName } from "#/price/sellers.ts";

export const sellerView = z.object({
  id: z.string(),
  name: z.string(),
  /** In the order of precedence; `addedBy` for those that were added by a person. */
  spellings: z.array(z.object({ spelling: z.string(), addedBy: z.string().nullable() })),
  /** What sources list of it now. */
  listings: z.number(),
  sources: z.number(),
});
export type SellerView = z.infer<typeof sellerView>;

/** All sellers that some source lists, and those that Ratebook knows, by their ids. */
export async function listSellers(db: Db): Promise<SellerView[]> {
  const rows = await db.execute<{ seller: string; listings: number; sources: number }>(sql`
    select seller, count(*)::int as listings, count(distinct source)::int as sources
    from model_pricing where delisted_at is null group by seller`);
  const counts = new Map(rows.map((row) => [row.seller, row]));
  const added = Map.groupBy(
    await db.select().from(sellerSpellings).orderBy(sellerSpellings.addedAt),
    ({ seller }) => seller,
  );
  const known = new Map(SELLERS.map((seller) => [seller.id, seller]));
  const ids = [...new Set([...known.keys(), ...counts.keys(), ...added.keys()])].toSorted();
  return ids.map((id) => ({
    id,
    name: sellerName(id),
    spellings: [
      ...(known.get(id)?.spellings ?? [id]).map((spelling) => ({ spelling, addedBy: null })),
      ...(added.get(id) ?? []).map(({ spelling, addedBy }) => ({ spelling, addedBy })),
    ],
    listings: counts.get(id)?.listings ?? 0,
    sources: counts.get(id)?.sources ?? 0,
  }));
}
