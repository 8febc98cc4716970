import { and, count, eq, inArray, sql, type SQL } from "drizzle-orm";
import { modelPricing, priceHolds } from "#/book/schema.ts";
import { IS_OPEN } from "#/book/open-holds.ts";
import type { Db, Tx } from "#/platform/database.ts";
import type { BookedOffer } from "#/price/compare-sheets.ts";
import type { Ask } from "#/price/offer.ts";
import type { OfferState } from "#/terms/offer.ts";

const id = sql<string>`${modelPricing.id}::text`;

// A row that does not say what its own history says was altered by hand: it matches no fingerprint, and is healed.
const isAltered = sql`exists (select from model_pricing_history h where h.id = ${modelPricing.historyId}
  and (h.charges is distinct from ${modelPricing.charges} or h.state is distinct from ${modelPricing.state}))`;

/** What the book holds of one source, delisted models too: one that comes back is the same offer. */
export async function listBookedOffers(tx: Db, source: string): Promise<BookedOffer[]> {
  return tx
    .select({
      id,
      seller: modelPricing.seller,
      listedAs: modelPricing.listedAs,
      listing: modelPricing.listing,
      model: modelPricing.model,
      variant: modelPricing.variant,
      fingerprint: sql<string>`case when ${isAltered} then 'altered' else ${modelPricing.fingerprint} end`,
      missedPayloads: modelPricing.missedPayloads,
      isDelisted: sql<boolean>`${modelPricing.delistedAt} is not null`,
      staleSince: sql<string | null>`to_json(${modelPricing.staleSince}) #>> '{}'`,
      stalePayloads: modelPricing.stalePayloads,
    })
    .from(modelPricing)
    .where(eq(modelPricing.source, source));
}

/** The last good price of some rows of the book, by their id. */
export async function findBookedAsks(tx: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Ask>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id, state: modelPricing.state, charges: modelPricing.charges })
    .from(modelPricing)
    .where(sql`${modelPricing.id} in (select jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb)::bigint)`);
  return new Map(rows.map(({ id: rowId, ...ask }) => [rowId, ask]));
}

/** How many offers of a source the book has present, by state. */
export async function countPresentOffers(tx: Db, source: string): Promise<Partial<Record<OfferState, number>>> {
  const rows = await tx
    .select({ state: modelPricing.state, offers: count() })
    .from(modelPricing)
    .where(and(eq(modelPricing.source, source), eq(modelPricing.missedPayloads, 0)))
    .groupBy(modelPricing.state);
  return Object.fromEntries(rows.map(({ state, offers }) => [state, offers]));
}

/**
 * Whether a payload that was applied already may still change the book: something is held and other sources have moved
 * since it was judged, something is vanishing or missing, or a hand has altered a row.
 */
export async function needsAnotherLook(db: Db, source: string): Promise<boolean> {
  const [row] = await db.execute<{ needed: boolean }>(sql`
    select (exists (select from price_holds h where h.source = ${source} and ${IS_OPEN})
        and (select judged_peers from sources where name = ${source}) is distinct from (${peerMark(source)}))
      or exists (select from model_pricing where source = ${source} and delisted_at is null
        and (missed_payloads > 0 or stale_since is not null))
      or exists (select from model_pricing where source = ${source} and ${isAltered}) as needed`);
  return row?.needed ?? true;
}

/**
 * A number that is another one as soon as another source's history has grown: the sum of the ids of the newest rows. Writers
 * of one source take turns, so each of these ids only grows. The newest of all would not do: an id that was given out
 * earlier may be committed later. One step in an index per source, however long the history is.
 */
export function peerMark(source: string): SQL {
  return sql`select coalesce(sum(newest.id), 0)::bigint from sources s cross join lateral (
    select h.id from model_pricing_history h where h.source = s.name order by h.id desc limit 1) newest
    where s.name <> ${source}`;
}

/** The same for a judgement: read before the peers, so that what comes in between is looked at again. */
export async function findPeerMark(tx: Db, source: string): Promise<number> {
  const [row] = await tx.execute<{ mark: string }>(sql`select (${peerMark(source)})::text as mark`);
  return Number(row?.mark ?? 0);
}

const IS_SAME_LISTING = sql`(m.source, m.seller, m.model, m.variant, m.listing)
  = (h.source, h.seller, h.model, h.variant, h.listing)`;

/** Counts what is held of a source, and how much of that has no row of its own in the book yet. */
export async function countOpenHolds(tx: Tx, source: string): Promise<{ held: number; unlisted: number }> {
  const [row] = await tx.execute<{ held: number; unlisted: number }>(sql`
    select count(*)::int as held, count(*) filter (where not exists (
        select from model_pricing m where ${IS_SAME_LISTING} and m.missed_payloads = 0))::int as unlisted
    from price_holds h where h.source = ${source} and ${IS_OPEN}`);
  return row ?? { held: 0, unlisted: 0 };
}

/** Remembers that what is held is still asked, without looking at it again. */
export async function touchHolds(tx: Tx, source: string): Promise<void> {
  await tx.execute(
    sql`update price_holds h set last_seen_at = clock_timestamp() where h.source = ${source} and ${IS_OPEN}`,
  );
}

/** What of a source is held, or was rejected or reverted and is remembered. */
export async function listKnownHolds(tx: Db, source: string) {
  return tx
    .select({
      id: priceHolds.id,
      state: priceHolds.state,
      seller: priceHolds.seller,
      listing: priceHolds.listing,
      model: priceHolds.model,
      variant: priceHolds.variant,
      newFingerprint: priceHolds.newFingerprint,
      effectiveAt: sql<string | null>`to_json(${priceHolds.effectiveAt}) #>> '{}'`,
    })
    .from(priceHolds)
    .where(and(eq(priceHolds.source, source), inArray(priceHolds.state, ["open", "rejected"])));
}
export type KnownHold = Awaited<ReturnType<typeof listKnownHolds>>[number];
