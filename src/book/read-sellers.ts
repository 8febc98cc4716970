import { asc, sql } from "drizzle-orm";
import { sellerSpellings } from "#/book/schema.ts";
import type { Db, Tx } from "#/platform/database.ts";
import type { OfferKey } from "#/price/offer.ts";
import { indexSellers, type SellerIndex } from "#/price/sellers.ts";

/** All spellings of sellers: those that Ratebook knows, and those that were added. */
export async function readSellers(db: Db): Promise<SellerIndex> {
  const { spelling, seller, addedAt } = sellerSpellings;
  return indexSellers(await db.select({ spelling, seller }).from(sellerSpellings).orderBy(asc(addedAt), asc(spelling)));
}

// Any number that nothing else in the database locks.
const SPELLINGS_LOCK = 7_283_006;

/** Until the transaction ends, nobody writes anything under a seller's spelling. */
export async function lockSpellings(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${SPELLINGS_LOCK})`);
}

/** The same lines with their sellers' identities, however they were spelled. Until the transaction ends these stay what they are. */
export async function identifySellers<Line extends Pick<OfferKey, "seller">>(
  tx: Tx,
  lines: readonly Line[],
): Promise<Line[]> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${SPELLINGS_LOCK})`);
  const sellers = await readSellers(tx);
  return lines.map((line) => ({ ...line, seller: sellers.identityOf(line.seller) }));
}
