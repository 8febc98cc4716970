import { setImmediate as turn } from "node:timers/promises";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { readBookMark } from "#/book/book-mark.ts";
import { BY_RANK, firstFact } from "#/book/facts-of-rates.ts";
import { MARKED, priceConditions, priceFilter } from "#/book/list-prices.ts";
import { movedKeys } from "#/book/present-rates.ts";
import { HAS_PRICE } from "#/book/rate-columns.ts";
import { all, presentRates, RATE_ORDER, rateOfKey } from "#/book/rates-at.ts";
import { readTogether } from "#/book/read-together.ts";
import type { Db, Tx } from "#/platform/database.ts";
import type { Charge } from "#/price/charge.ts";
import type { Meter } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";
import {
  LOOSE_FLAGS,
  packFlags,
  packKey,
  packRow,
  placesOf,
  PRICE_FLAGS,
  type ColumnCharge,
  type PriceExtra,
  type PriceKey,
  type PriceFlag,
  type PriceRow,
  type PriceTable,
} from "#/terms/price-table.ts";

/**
 * Every present rate in one compact answer for a browser, with the version of the book that it is of. After a version that the
 * browser has, only what may be another since: rates that changed, and rates of which a source's entry or its facts were seen to
 * change since `seenAt`, the instant of the browser's last answer (that of the version when it is not said). A version that the book
 * does not have, and one after which much has changed, is answered with all rates.
 */
export async function listPriceTable(db: Db, known: KnownTable): Promise<PriceTable> {
  // Before the snapshot is taken: what is under way now is told next time.
  const at = await readSeen(db);
  return packTable({ ...(await readTogether(db, (tx) => readTable(tx, known))), at });
}

/**
 * Whatever was observed before this instant (ISO 8601) is committed or never will be: the start of the oldest transaction that has
 * begun to write, which a run has before it observes anything. Ten minutes ago where another role's transactions can't be seen.
 */
async function readSeen(db: Db): Promise<string> {
  const [row] = await db.execute<{ seen: string }>(sql`
    select to_json(least(now(), min(xact_start) filter (where backend_xid is not null),
      case when bool_or(query = '<insufficient privilege>') then now() - ${LONGEST_WRITE} end)) #>> '{}' as seen
    from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`);
  if (row === undefined) throw new Error("an aggregate answered no row");
  return row.seen;
}

const LONGEST_WRITE = sql`interval '10 minutes'`;

type KnownTable = Readonly<{ after?: string | undefined; seenAt?: string | undefined }>;

/** A filter, and how many rates at most. */
export const firstRates = priceFilter.extend({ limit: z.int().min(1).max(200) });

/** The first of the present rates under a filter, in the order of the table: what a page shows while it asks for all of them. */
export async function listFirstRates(db: Db, { limit, ...filter }: z.infer<typeof firstRates>): Promise<PriceTable> {
  const { keys, rest, marked } = await priceConditions(db, filter);
  return packTable(
    await readTogether(db, async (tx) => {
      const { version, now } = await readBookMark(tx);
      const shown = [...rest, ...marked];
      const present = presentRates({ now, most: shown.length === 0 ? limit : undefined }, keys);
      const first = await tx.execute<PriceKey>(sql`select r.model, r.seller, r.variant from (${present}) r
        where ${all(shown)} order by ${RATE_ORDER} limit ${limit}`);
      const rates = await readRates(tx, now, theseKeys(first));
      return { version, at: now, isWhole: false, rates, flagged: [], removed: [] };
    }),
  );
}

async function packTable(found: Found & Readonly<{ at: string }>): Promise<PriceTable> {
  const { version, at, isWhole, rates, flagged, removed } = found;
  const rows = await inTurns(rates, asRow);
  const keys = [...rows, ...removed, ...flagged];
  const named = {
    sellers: [...new Set(keys.map(({ seller }) => seller))],
    sources: [...new Set(rows.flatMap(({ sources, from }) => [...sources, ...from]))],
    modes: [...new Set(rows.flatMap(({ mode }) => mode ?? []))],
  };
  const placed = placesOf(named);
  return {
    version,
    at,
    isWhole,
    ...named,
    rows: await inTurns(rows, (row) => packRow(row, placed)),
    removed: removed.map((key) => packKey(key, placed)),
    flags: flagged.map((row) => [...packKey(row, placed), packFlags(flagsOf(row))]),
  };
}

const AT_ONCE = 2_000;

/** So many at a time, so that other requests are answered meanwhile. */
async function inTurns<From, To>(all: readonly From[], map: (one: From) => To): Promise<To[]> {
  const mapped: To[] = [];
  for (let start = 0; start < all.length; start += AT_ONCE) {
    if (start > 0) await turn();
    for (const one of all.slice(start, start + AT_ONCE)) mapped.push(map(one));
  }
  return mapped;
}

type Flagged = PriceKey & Readonly<Partial<Record<PriceFlag, boolean>>>;
type RateRow = Flagged &
  Readonly<{
    state: OfferState;
    charges: readonly Charge[];
    from: readonly string[];
    sources: readonly string[] | null;
    apart: string | null;
    validFromMs: number | null;
    contextTokens: string | null;
    mode: string | null;
    sunsetOn: string | null;
  }>;
type Found = Readonly<{
  version: string;
  isWhole: boolean;
  rates: readonly RateRow[];
  flagged: readonly Flagged[];
  removed: readonly PriceKey[];
}>;

/** A browser that lacks more than this gets all rates: a query for so many keys costs more than one for all. */
const MOST_CHANGED = 500;

async function readTable(tx: Tx, { after, seenAt }: KnownTable): Promise<Found> {
  const { version, now } = await readBookMark(tx);
  const since = after === undefined ? undefined : await findVersion(tx, after);
  const changed =
    after === undefined || since === undefined
      ? undefined
      : await tx.execute<PriceKey>(
          sql`select model, seller, variant from (${changedKeys(after, since, seenAt, now)}) k limit ${MOST_CHANGED + 1}`,
        );
  if (changed === undefined || changed.length > MOST_CHANGED)
    return { version, isWhole: true, rates: await readRates(tx, now), flagged: [], removed: [] };
  const keys = theseKeys(changed);
  const present = presentRates({ now }, []);
  const removed = await tx.execute<PriceKey>(sql`
    select k.model, k.seller, k.variant from ${keys} k where not exists (
      select from (${present}) r where (r.model, r.seller, r.variant) = (k.model, k.seller, k.variant))`);
  const loose = LOOSE_FLAGS.map((flag) => sql`${MARKED[flag]} as ${sql.raw(flag)}`);
  const flagged = await tx.execute<Flagged>(sql`
    select * from (select r.model, r.seller, r.variant, ${sql.join(loose, sql`, `)} from (${present}) r) f
    where ${sql.raw(LOOSE_FLAGS.join(" or "))}`);
  return {
    version,
    isWhole: false,
    rates: await readRates(tx, now, keys),
    flagged: [...flagged],
    removed: [...removed],
  };
}

/** Keys as a table of their own. */
function theseKeys(keys: readonly PriceKey[]): SQL {
  return sql`(select model, seller, variant from jsonb_to_recordset(${JSON.stringify(keys)}::text::jsonb)
    as k(model text, seller text, variant text))`;
}

/** The instant of a version, and `-infinity` for the book before its first; `undefined` when the book does not have it. */
async function findVersion(tx: Tx, version: string): Promise<string | undefined> {
  if (version === "0") return "-infinity";
  const [row] = await tx.execute<{ at: string }>(
    sql`select to_json(at) #>> '{}' as at from book_versions where version = ${version}::bigint`,
  );
  return row?.at;
}

function changedKeys(version: string, since: string, seenAt: string | undefined, now: string): SQL {
  const seen = seenAt === undefined ? sql`${since}::timestamptz - ${LONGEST_WRITE}` : sql`${seenAt}::timestamptz`;
  return sql`
    ${movedKeys(version, { from: sql`${since}::timestamptz`, to: now })}
    union select m.model, m.seller, m.variant from model_pricing m where m.observed_at > ${seen} or m.delisted_at > ${seen}
    union select m.model, m.seller, m.variant from model_pricing m
      join listing_facts f on (f.source, f.listing) = (m.source, m.listing) where f.observed_at > ${seen}`;
}

/** A query for what the entries of each rate come to together. */
function listedTogether(only: SQL): SQL {
  const isCompared = sql`filter (where m.state = 'priced' and m.delisted_at is null)`;
  const ends = ["input", "output", "cache_read"].map((meter) => {
    const column = sql.raw(`m.${meter}_usd_per_token`);
    const [least, most] = [sql`min(${column}) ${isCompared}`, sql`max(${column}) ${isCompared}`];
    return { isZero: sql`(${least} = 0 and ${most} > 0)`, ratio: sql`${most} / nullif(${least}, 0)` };
  });
  const isZero = sql.join(
    ends.map((end) => end.isZero),
    sql` or `,
  );
  const widest = sql.join(
    ends.map((end) => end.ratio),
    sql`, `,
  );
  return sql`
    select m.model, m.seller, m.variant, array_agg(m.source order by ${BY_RANK}) as sources,
      case when ${isZero} then 'zero' else nullif(trim_scale(round(greatest(${widest}), 4))::text, '1') end as apart,
      ${firstFact("contextTokens")} as context_tokens, ${firstFact("mode")} as mode, ${firstFact("sunsetOn")} as sunset_on
    from model_pricing m left join listing_facts f on (f.source, f.listing) = (m.source, m.listing)
    where ${only} group by m.model, m.seller, m.variant`;
}

async function readRates(tx: Tx, now: string, keys?: SQL): Promise<readonly RateRow[]> {
  const rates =
    keys === undefined
      ? sql`(${presentRates({ now }, [])}) r`
      : sql`${keys} k cross join lateral (${rateOfKey({ now })}) r`;
  const only = keys === undefined ? sql`true` : sql`(m.model, m.seller, m.variant) in ${keys}`;
  const flags = PRICE_FLAGS.map((flag) => sql`${isFlagged(flag)} as ${sql.raw(flag)}`);
  return tx.execute<RateRow>(sql`
    select r.model, r.seller, r.variant, r.state, r.charges, jsonb_path_query_array(r.origins, '$[*].source') as "from",
      case when isfinite(r.valid_from) then floor(extract(epoch from r.valid_from) * 1000)::float8 end as "validFromMs",
      l.sources, l.apart, l.context_tokens as "contextTokens", l.mode, l.sunset_on as "sunsetOn", ${sql.join(flags, sql`, `)}
    from ${rates}
      left join (${listedTogether(only)}) l on (l.model, l.seller, l.variant) = (r.model, r.seller, r.variant)
    order by ${RATE_ORDER}`);
}

function isFlagged(flag: PriceFlag): SQL {
  return flag === "unpriced" ? sql`(not ${HAS_PRICE})` : MARKED[flag];
}

function flagsOf(row: Flagged): PriceFlag[] {
  return PRICE_FLAGS.filter((flag) => row[flag] === true);
}

function asRow(rate: RateRow): PriceRow {
  const { seller, model, variant: variantText, state, charges, apart, validFromMs, mode, sunsetOn } = rate;
  const columns = {
    input: baseOf(charges, "input"),
    output: baseOf(charges, "output"),
    cacheRead: baseOf(charges, "cache_read"),
  };
  return {
    seller,
    model,
    variant: variantText,
    state,
    ...columns,
    extras: extrasOf(charges, Object.values(columns).filter((column) => column !== null).length),
    sources: [...new Set(rate.sources)],
    from: [...new Set(rate.from)],
    apart,
    validFromMs,
    flags: flagsOf(rate),
    contextTokens: rate.contextTokens === null ? null : Number(rate.contextTokens),
    mode,
    sunsetOn,
  };
}

function isBase({ tier, window }: Charge): boolean {
  return tier === undefined && window === undefined;
}

/** Per token where there is such a price, else in the first unit that has one. */
function baseOf(charges: readonly Charge[], meter: Meter): ColumnCharge | null {
  const base = charges.filter((charge) => charge.meter === meter && isBase(charge));
  const shown = base.find(({ unit }) => unit === "token") ?? base[0];
  return shown === undefined ? null : { amount: shown.amount, unit: shown.unit };
}

function extrasOf(charges: readonly Charge[], shown: number): PriceExtra[] {
  const extras: PriceExtra[] = [];
  if (charges.some(({ tier }) => tier !== undefined)) extras.push("tiers");
  if (charges.some(({ window }) => window !== undefined)) extras.push("windows");
  if (charges.filter(isBase).length > shown) extras.push("meters");
  return extras;
}
