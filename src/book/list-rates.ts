import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { STATED_FACTS } from "#/book/facts-of-rates.ts";
import { priceConditions, type PriceFilter } from "#/book/list-prices.ts";
import { readBookMark, type BookMark } from "#/book/book-mark.ts";
import { HAS_PRICE, OBSERVED_AT, RATE_SOURCES } from "#/book/rate-columns.ts";
import { all, presentRates, RATE_ORDER, ratesAt, versionAt } from "#/book/rates-at.ts";
import { readCursor, versionOf, writeCursor, type PricePlace } from "#/book/price-cursor.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { suggestModels, type ModelSuggestion } from "#/book/suggest-models.ts";
import type { Db, Tx } from "#/platform/database.ts";
import type { SellerIndex } from "#/price/sellers.ts";
import { canonicalVariant } from "#/price/variant.ts";
import { foldFacts, namedFacts, nameFacts, statedFacts } from "#/terms/facts.ts";
import { chargeOutput, offerShape } from "#/terms/offer-output.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

/** A price that counts: nothing held, nothing unknown. */
export const ratePrice = z.object({
  seller: offerShape.seller,
  model: offerShape.model,
  variant: offerShape.variant,
  state: z.enum(["priced", "free"]),
  charges: z.array(chargeOutput),
  /** The sources it was taken from, or `pin`. */
  from: z.array(z.string()),
  observed_at: z.string(),
});

/** The same with what catalogues say beside it, as things are now whatever the instant. */
export const priceInForce = ratePrice.extend({ facts: namedFacts });
export type PriceInForce = z.infer<typeof priceInForce>;

type Filter = Readonly<{
  seller?: string | undefined;
  model?: string | undefined;
  variant?: string | undefined;
}>;
type Input = Filter &
  Readonly<{
    at?: string | undefined;
    knownAt?: string | undefined;
    limit: number;
    sellers?: SellerIndex | undefined;
    cursor?: string | undefined;
  }>;
type Page = Readonly<{
  version: string;
  at: string | null;
  prices: PriceInForce[];
  nextCursor: string | null;
  didYouMean?: ModelSuggestion[];
}>;

/** Sources state facts one by one; an answer has each from the first by rank. */
const namedRows = z.array(z.looseObject({ facts: z.array(statedFacts) }));

function nameRows(rows: readonly unknown[]): unknown[] {
  return namedRows.parse([...rows]).map((row) => ({ ...row, facts: nameFacts(foldFacts(row.facts)) }));
}

/**
 * One page of the prices in force at an instant, as known at an instant, both now when absent; the pages that follow are of the
 * same version of the book and the same instant. Throws `INVALID` for a cursor that no page has answered.
 */
export async function listPricesInForce(
  db: Db,
  { at, knownAt, limit, cursor, sellers, ...filter }: Input,
): Promise<Page> {
  const place = cursor === undefined ? undefined : readCursor(cursor);
  const asked = place?.asked ?? at ?? null;
  const seller =
    filter.seller === undefined ? undefined : (sellers ?? (await readSellers(db))).identityOf(filter.seller);
  const variant = filter.variant === undefined ? undefined : canonicalVariant(filter.variant);
  const { within, filters } = conditionsOf({ ...filter, seller, variant }, place);
  const version = place === undefined ? versionAt(knownAt) : sql`${versionOf(place.mark)}::bigint`;
  const isPresent = place === undefined && at === undefined && knownAt === undefined;
  const instant = sql`(select at from book)`;
  const book = isPresent ? { now: instant } : { at: instant, version: sql`(select version from book)` };
  // A walk through all keys for the few that a filter lets through takes longer than reading all that is present.
  const rates =
    isPresent && filters.length > 0
      ? presentRates({}, [...within, ...filters])
      : ratesAt(book, { within, filters: [...filters, HAS_PRICE], most: limit + 1 });
  // One statement is one snapshot: the version that it names and the rates that it answers belong together.
  const [row] = await db.execute(sql`
    with book as materialized (select ${version} as version, coalesce(${place?.at ?? at ?? null}::timestamptz, clock_timestamp()) as at)
    select version::text, to_json(at) #>> '{}' as at, (
      select coalesce(json_agg(p), '[]') from (
        select r.seller, r.model, r.variant, r.state, r.charges, ${STATED_FACTS} as facts, ${RATE_SOURCES} as "from",
          to_json(${OBSERVED_AT}) #>> '{}' as observed_at
        from (${rates}) r where ${HAS_PRICE} order by ${RATE_ORDER} limit ${limit + 1}) p) as prices
    from book`);
  const start = z.object({ version: z.string(), at: z.string(), prices: z.array(z.unknown()) }).parse(row);
  const prices = z.array(priceInForce).parse(nameRows(start.prices.slice(0, limit)));
  const last = prices.at(-1);
  const isUnknown = prices.length === 0 && cursor === undefined && !(await isListed(db, filter.model));
  const next = { at: start.at, mark: place?.mark ?? start.version, asked };
  return {
    version: start.version,
    at: asked,
    prices,
    nextCursor: start.prices.length > limit && last !== undefined ? writeCursor({ ...last, ...next }) : null,
    ...(isUnknown ? { didYouMean: await suggestModels(db, { model: filter.model ?? "", seller }) } : {}),
  };
}

/** Whether the book knows of a model at all, with a price or without. */
async function isListed(db: Db, model: string | undefined): Promise<boolean> {
  return model === undefined || (await db.execute(sql`select from rates where model = ${model} limit 1`)).length > 0;
}

/** Those that the order of pages follows, and the others. */
function conditionsOf(
  { seller, model, variant }: Filter,
  after: PricePlace | undefined,
): Readonly<{ within: readonly SQL[]; filters: readonly SQL[] }> {
  const within: SQL[] = [];
  const filters: SQL[] = [];
  if (model !== undefined) within.push(sql`r.model = ${model}`);
  if (seller !== undefined) filters.push(sql`r.seller = ${seller}`);
  if (variant !== undefined) filters.push(sql`r.variant = ${variant}`);
  if (after !== undefined)
    within.push(
      sql`(${RATE_ORDER}) > (${after.model}, ${after.seller}, ${after.variant !== "default"}, ${after.variant})`,
    );
  return { within, filters };
}

/** A price for an export, with the entries that it was taken from. */
export const exportedRate = priceInForce.extend({
  origins: z.array(z.object({ source: z.string().optional(), listing: z.string().optional() })),
});
export type ExportedRate = z.infer<typeof exportedRate>;

/** `at` is the instant that was asked for, or the one of the book. */
export type ExportedRates = Readonly<{ mark: BookMark; at: string; rates: ExportedRate[] }>;

/** All prices in force at an instant, now when absent, in a transaction that reads one snapshot. */
export async function readExportedRates(tx: Tx, at: string | undefined): Promise<ExportedRates> {
  const mark = await readBookMark(tx);
  const rows = await tx.execute(sql`
    select r.seller, r.model, r.variant, r.state, r.charges, ${STATED_FACTS} as facts, ${RATE_SOURCES} as "from",
      to_json(${OBSERVED_AT}) #>> '{}' as observed_at, r.origins
    from (${at === undefined ? presentRates(mark, []) : ratesAt({ at }, {})}) r where ${HAS_PRICE} order by ${RATE_ORDER}`);
  return { mark, at: at ?? mark.now, rates: z.array(exportedRate).parse(nameRows([...rows])) };
}

/** A rate of the list, with a price or without. */
export const filteredRate = priceInForce.extend({ state: z.enum(OFFER_STATES) });
export type FilteredRate = z.infer<typeof filteredRate>;

/** The present rates that the list shows under a filter, in its order, in a transaction that reads one snapshot. */
export async function readFilteredRates(
  tx: Tx,
  filter: PriceFilter,
): Promise<Readonly<{ mark: BookMark; rates: FilteredRate[] }>> {
  const mark = await readBookMark(tx);
  const { keys, rest, marked } = await priceConditions(tx, filter);
  const rows = await tx.execute(sql`
    select r.seller, r.model, r.variant, r.state, r.charges, ${STATED_FACTS} as facts, ${RATE_SOURCES} as "from",
      to_json(${OBSERVED_AT}) #>> '{}' as observed_at
    from (${presentRates({}, keys)}) r where ${all([...rest, ...marked])} order by ${RATE_ORDER}`);
  return { mark, rates: z.array(filteredRate).parse(nameRows([...rows])) };
}
