import { sql, type SQL } from "drizzle-orm";
import type { SellerIndex } from "#/price/sellers.ts";
import { isSameKey } from "#/book/rates-at.ts";
import { readSellers } from "#/book/read-sellers.ts";
import type { Db } from "#/platform/database.ts";
import type { Charge } from "#/price/charge.ts";
import type { Listing, ListingStep, Micros, PinSpan, RankOrder, RateFacts, RateOrigin } from "#/price/fold-rates.ts";
import { offerKeyText, type OfferKey } from "#/price/offer.ts";
import type { StandingRate } from "#/price/plan-rates.ts";
import type { OfferState } from "#/terms/offer.ts";

/** The facts of each key, in the order of the keys; instants as the database's microseconds. */
export type KeyedFacts = Readonly<{
  facts: readonly RateFacts[];
  orders: readonly RankOrder[];
  since: Micros;
  now: Micros;
}>;

/** An instant as whole microseconds since 1970; a float holds those of the next 200 years exactly. */
export const micros = (instant: SQL) => sql`(extract(epoch from ${instant}) * 1000000)::float8`;

/** Keys as rows of a query, with their place `i`. */
export const keyRows = (keys: readonly OfferKey[]) => {
  const rows = JSON.stringify(keys.map(({ seller, model, variant }, i) => ({ i, seller, model, variant })));
  return sql`(select * from json_to_recordset(${rows}::text::json) as key(i int, seller text, model text, variant text))`;
};

/** Everything that decides some rates from an instant on (ISO 8601, or `-infinity`): what stood then, and what came later. */
export async function readRateFacts(db: Db, keys: readonly OfferKey[], since: string): Promise<KeyedFacts> {
  const [clock] = await db.execute<{ since: Micros; now: Micros }>(
    sql`select ${micros(sql`${since}::timestamptz`)} as since, ${micros(sql`clock_timestamp()`)} as now`,
  );
  if (clock === undefined) throw new Error("the database did not tell the time");
  const sellers = await readSellers(db);
  const listings = keys.map((): Listing[] => []);
  for (const { i, listing } of groupSteps(await readSteps(db, keys, since), sellers)) listings[i]?.push(listing);
  const pins = await readPins(db, since);
  const facts = keys.map((key, i) => ({ listings: listings[i] ?? [], pins: pins.get(offerKeyText(key)) ?? [] }));
  return { facts, orders: await readOrders(db), ...clock };
}

type StepRow = Readonly<{
  i: number;
  source: string;
  listing: string;
  listedAs: string;
  state: OfferState | null;
  charges: Charge[];
  /** Null where it says more than the state and the charges. */
  fingerprint: string | null;
  from: Micros;
  historyId: string;
}>;

/**
 * Each listing's row that stood at the instant, and all that came into effect later, in any order. While the row that
 * the present book points at is older than the instant, it is what stood, or what has come after it does.
 */
async function readSteps(db: Db, keys: readonly OfferKey[], since: string): Promise<readonly StepRow[]> {
  const at = sql`${since}::timestamptz`;
  const columns = sql`h.id, case when h.cause = 'delist' then null else h.state end as state, h.charges,
    case when h.discount is null then h.fingerprint end as fingerprint, h.effective_at, h.observed_at`;
  const ofListing = sql`(h.model, h.seller, h.variant, h.source, h.listing) = (p.model, p.seller, p.variant, p.source, p.listing)
    and h.withdrawn_at is null`;
  const isPresent = sql`p.effective_at <= ${at} and p.delisted_at is null`;
  return db.execute<StepRow>(sql`
    select k.i, p.source, p.listing, p.listed_as as "listedAs", h.state, h.charges, h.fingerprint,
      ${micros(sql`h.effective_at`)} as "from",
      h.id::text as "historyId"
    from ${keyRows(keys)} k join model_pricing p on (p.model, p.seller, p.variant) = (k.model, k.seller, k.variant)
    cross join lateral (
      (select ${columns} from model_pricing_history h where h.id = p.history_id and ${isPresent})
      union all
      (select ${columns} from model_pricing_history h where not (${isPresent}) and ${ofListing} and h.effective_at <= ${at}
        order by h.effective_at desc nulls last, h.observed_at desc, h.id desc limit 1)
      union all
      (select ${columns} from model_pricing_history h where ${ofListing}
        and h.effective_at > case when ${isPresent} then p.effective_at else ${at} end)) h`);
}

function* groupSteps(rows: readonly StepRow[], sellers: SellerIndex): Generator<{ i: number; listing: Listing }> {
  const groups = Map.groupBy(rows, ({ i, source, listing }) => `${i}\u0000${source}\u0000${listing}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    // Of two that took effect at one instant the one that was written later counts.
    const sorted = group.toSorted((a, b) => a.from - b.from || Number(a.historyId) - Number(b.historyId));
    const steps = sorted.map(({ state, charges, fingerprint, from, source, listing, historyId }): ListingStep => ({
      from,
      fingerprint: fingerprint ?? undefined,
      ask: state === null ? null : { state, charges },
      origin: { source, listing, historyId },
    }));
    yield { i: first.i, listing: { precedence: sellers.precedenceOf(first.listedAs), steps } };
  }
}

/** Pins are few beside rates: all that end after the instant are read, and each is given to its key. */
async function readPins(db: Db, since: string): Promise<ReadonlyMap<string, readonly PinSpan[]>> {
  const pins = await db.execute<OfferKey & PinSpan>(sql`
    select n.seller, n.model, n.variant, n.id::text, n.meter, n.state, n.charges, ${micros(sql`n.set_at`)} as "from",
      ${micros(sql`least(n.expires_at, n.cleared_at)`)} as "to"
    from price_pins n
    where coalesce(least(n.expires_at, n.cleared_at) > ${since}::timestamptz, true) order by n.set_at, n.id`);
  return Map.groupBy(pins, offerKeyText);
}

/** The orders of the sources, the oldest first. */
export async function readOrders(db: Db): Promise<readonly RankOrder[]> {
  const orders = await db.execute<RankOrder>(
    sql`select ${micros(sql`at`)} as "from", names from source_orders order by id`,
  );
  return orders.length > 0 ? orders : [{ from: Number.NEGATIVE_INFINITY, names: [] }];
}

/**
 * What the book says of each key now, in the order of the keys: the row before an instant, all later ones, and all that are
 * not closed, in the order of their instants.
 */
export async function readStandingRates(
  db: Db,
  keys: readonly OfferKey[],
  since: string,
): Promise<readonly (readonly StandingRate[])[]> {
  // Each ends where the next begins: those before the last one that began earlier have ended before the instant.
  const at = sql`${since}::timestamptz`;
  const rows = await db.execute<StandingRate & { i: number; origins: RateOrigin[] }>(sql`
    select k.i, r.id::text, ${micros(sql`r.valid_from`)} as "from", ${micros(sql`r.valid_to`)} as "to", r.fingerprint, r.origins
    from ${keyRows(keys)} k cross join lateral (
      select r.* from rates r where ${isSameKey("r", "k")} and r.version_to is null and r.valid_to is null
      union all
      select r.* from rates r where ${isSameKey("r", "k")} and r.version_to is null and r.valid_to >= ${at} and r.valid_from >= coalesce((
        select b.valid_from from rates b where ${isSameKey("b", "k")} and b.version_to is null and b.valid_from < ${at}
        order by b.valid_from desc nulls last limit 1), '-infinity')) r
    order by r.valid_from, r.id`);
  const standing = keys.map((): StandingRate[] => []);
  for (const { i, ...row } of rows) standing[i]?.push(row);
  return standing;
}
