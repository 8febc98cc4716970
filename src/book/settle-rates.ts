import { sql, type SQL } from "drizzle-orm";
import { readRateFacts, readStandingRates } from "#/book/rate-facts.ts";
import type { MovedOffer } from "#/book/put-in-force.ts";
import type { RateCause } from "#/book/schema.ts";
import { PLANNED_FOR_ITS_VALUES, type Tx } from "#/platform/database.ts";
import { foldRates, type Micros, type RateSegment } from "#/price/fold-rates.ts";
import { offerKeyText, type OfferKey } from "#/price/offer.ts";
import { isIdlePlan, newsOf, planRates, type PriceNews, type RatePlan } from "#/price/plan-rates.ts";

export type SettleContext = Readonly<{
  cause: RateCause;
  /** From when on the timeline may be another one: ISO 8601, or `-infinity` for all of it. */
  since: string;
  jobId?: string | undefined;
  actor?: string | undefined;
  reason?: string | undefined;
  /** The lease's fence, for what a run writes. */
  fence?: bigint | undefined;
}>;

/** The version that a change of the book was written under; null when no rate changed. `changed` counts rates. */
export type Settled = Readonly<{ version: string | null; changed: number }>;

/** Told the number of every new version of the book. */
export const BOOK_CHANNEL = "ratebook_book";

// Any number that nothing else in the database locks.
const BOOK_LOCK = 7_283_005;

/** Until the transaction ends, nobody else settles rates. Whoever needs source rows as well locks those first. */
export async function lockBook(tx: Tx): Promise<void> {
  await tx.execute(sql`select ${PLANNED_FOR_ITS_VALUES}, pg_advisory_xact_lock(${BOOK_LOCK})`);
}

/** `cause` where it is another one than that of the whole change. */
type SettledKey = OfferKey & Readonly<{ cause?: RateCause }>;
type Planned = Readonly<{
  key: SettledKey;
  plan: RatePlan;
  news: PriceNews | undefined;
  expiries: ReadonlySet<Micros>;
}>;

/**
 * Brings the rates of some (seller, model, variant) up to what the offers' history, the pins and the ranks say, in the
 * transaction of whatever changed those, under one new version of the book. The only writer of rates. Writers take turns from
 * here to their commit, so each sees what the one before has written. What stays the same is not written.
 */
export async function settleRates(tx: Tx, keys: readonly SettledKey[], context: SettleContext): Promise<Settled> {
  const unique = [...new Map(keys.map((key) => [offerKeyText(key), key])).values()];
  if (unique.length === 0) return { version: null, changed: 0 };
  await lockBook(tx);
  const { facts, orders, since, now } = await readRateFacts(tx, unique, context.since);
  const standing = await readStandingRates(tx, unique, context.since);
  const plans = unique.flatMap((key, index): Planned[] => {
    const own = facts[index] ?? { listings: [], pins: [] };
    const before = standing[index] ?? [];
    const plan = planRates(before, foldRates(own, orders, since), { since, now });
    const expiries = new Set(own.pins.flatMap(({ to }) => (to === null ? [] : [to])));
    return isIdlePlan(plan) ? [] : [{ key, plan, news: newsOf(plan, before), expiries }];
  });
  if (plans.length === 0) return { version: null, changed: 0 };
  const version = await openVersion(tx, context, plans);
  await writePlans(tx, plans, { version, now, cause: context.cause });
  return { version, changed: plans.length };
}

/** The same for offers that have another price, each from an instant of its own on. */
export async function settleMoved(
  tx: Tx,
  moved: readonly MovedOffer[],
  context: Omit<SettleContext, "since">,
): Promise<Settled> {
  if (moved.length === 0) return { version: null, changed: 0 };
  const earliest = moved.reduce((least, { effectiveAt }) => Math.min(least, Date.parse(effectiveAt)), Infinity);
  return settleRates(tx, moved, { ...context, since: new Date(earliest).toISOString() });
}

async function openVersion(tx: Tx, context: SettleContext, plans: readonly Planned[]): Promise<string> {
  const count = (wanted: PriceNews) => plans.filter(({ news }) => news === wanted).length;
  const { cause, jobId = null, actor = null, reason = null, fence = null } = context;
  // The clock of one machine may go back: the order of versions is the order of their instants all the same.
  const [row] = await tx.execute<{ version: string }>(sql`
    with opened as (
      insert into book_versions (version, at, cause, job_id, actor, reason, fence, first, changed, gone)
      select coalesce(max(version), 0) + 1, greatest(clock_timestamp(), max(at)), ${cause}, ${jobId}::uuid, ${actor}, ${reason},
        ${fence}::bigint, ${count("first")}, ${count("changed")}, ${count("gone")}
      from (select version, at from book_versions order by version desc limit 1) last
      returning version::text)
    select version, pg_notify(${BOOK_CHANNEL}, version) from opened`);
  if (row === undefined) throw new Error("the database did not number the book's version");
  return row.version;
}

type Under = Readonly<{ version: string; now: Micros; cause: RateCause }>;

async function writePlans(tx: Tx, plans: readonly Planned[], { version, now, cause }: Under): Promise<void> {
  const closes = plans.flatMap(({ plan }) => plan.closes);
  const supersedes = plans.flatMap(({ plan }) => plan.supersedes);
  const copies = plans.flatMap(({ plan }) => plan.copies);
  const inserts = plans.flatMap(({ key, plan, expiries }) =>
    plan.inserts.map(({ state, charges, origins, fingerprint, from, to, isNews, replaces }) => ({
      seller: key.seller,
      model: key.model,
      variant: key.variant,
      state,
      charges,
      origins,
      fingerprint,
      from,
      isNews,
      ...(to === null ? {} : { to }),
      ...(replaces === null ? {} : { replaces }),
      cause: causeOf(from, { now, cause: key.cause ?? cause, expiries }),
    })),
  );
  if (closes.length > 0)
    await tx.execute(sql`
      update rates r set valid_to = ${fromMicros(sql`c."to"`)}
      from jsonb_to_recordset(${JSON.stringify(closes)}::text::jsonb) as c(id bigint, "to" bigint) where r.id = c.id`);
  if (supersedes.length > 0)
    await tx.execute(sql`
      update rates r set version_to = ${version}::bigint
      where r.id in (select jsonb_array_elements_text(${JSON.stringify(supersedes)}::text::jsonb)::bigint)`);
  if (copies.length > 0)
    await tx.execute(sql`
      insert into rates (seller, model, variant, state, charges, origins, fingerprint, valid_from, valid_to, version_from,
        cause, is_news, replaces)
      select r.seller, r.model, r.variant, r.state, r.charges, r.origins, r.fingerprint, r.valid_from,
        ${fromMicros(sql`c."to"`)}, ${version}::bigint, r.cause, c."isNews", c.replaces
      from jsonb_to_recordset(${JSON.stringify(copies)}::text::jsonb) as c(id bigint, "to" bigint, "isNews" boolean,
          replaces bigint)
        join rates r on r.id = c.id`);
  const whole = inserts.filter(isWholeSheet);
  if (whole.length > 0) await insertWholeSheets(tx, whole, version);
  const others = inserts.filter((row) => !isWholeSheet(row));
  if (others.length > 0)
    await tx.execute(sql`
      insert into rates (seller, model, variant, state, charges, origins, fingerprint, valid_from, valid_to, version_from,
        cause, is_news, replaces)
      select seller, model, variant, state, charges, origins, fingerprint, ${fromMicros(sql`"from"`)},
        ${fromMicros(sql`"to"`)}, ${version}::bigint, cause, "isNews", replaces
      from json_to_recordset(${JSON.stringify(others)}::text::json) as row(seller text, model text, variant text,
        state text, charges jsonb, origins jsonb, fingerprint text, "from" bigint, "to" bigint, cause text,
        "isNews" boolean, replaces bigint)`);
}

/** What most rates are: the sheet of one row of the history as it stands. */
function isWholeSheet({ state, origins }: Pick<RateSegment, "state" | "origins">): boolean {
  const [only, more] = origins;
  const isPriced = state === "priced" || state === "free";
  return isPriced && more === undefined && only?.historyId !== undefined && !only.meters && !only.isFilled;
}

type Insert = Pick<RateSegment, "state" | "origins" | "fingerprint" | "from"> &
  Readonly<{ to?: Micros; isNews: boolean; replaces?: string; cause: RateCause }>;

/** Takes the sheets from the history, where they are already: half of the time goes into sending them. */
async function insertWholeSheets(tx: Tx, inserts: readonly Insert[], version: string): Promise<void> {
  const rows = inserts.map(({ origins, state, fingerprint, from, to, isNews, replaces, cause }) => {
    const historyId = origins[0]?.historyId;
    return { historyId, state, fingerprint, from, to, isNews, replaces, cause };
  });
  await tx.execute(sql`
    insert into rates (seller, model, variant, state, charges, origins, fingerprint, valid_from, valid_to, version_from,
      cause, is_news, replaces)
    select h.seller, h.model, h.variant, row.state, h.charges,
      jsonb_build_array(jsonb_build_object('source', h.source, 'listing', h.listing, 'historyId', h.id::text)),
      row.fingerprint, ${fromMicros(sql`row."from"`)}, ${fromMicros(sql`row."to"`)}, ${version}::bigint, row.cause,
      row."isNews", row.replaces
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as row("historyId" bigint, state text, fingerprint text,
      "from" bigint, "to" bigint, cause text, "isNews" boolean, replaces bigint)
      join model_pricing_history h on h.id = row."historyId"`);
}

/** What will come is not caused by what has brought the news of it. */
function causeOf(
  from: Micros,
  { now, cause, expiries }: Readonly<{ now: Micros; cause: RateCause; expiries: ReadonlySet<Micros> }>,
): RateCause {
  if (from <= now) return cause;
  return expiries.has(from) ? "expire" : "due";
}

function fromMicros(micros: SQL): SQL {
  return sql`'epoch'::timestamptz + ${micros} * interval '1 microsecond'`;
}
