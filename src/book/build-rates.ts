import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import { recountVersions } from "#/book/list-rate-changes.ts";
import { keyRows, micros, readOrders } from "#/book/rate-facts.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { lockBook } from "#/book/settle-rates.ts";
import type { Db, Tx } from "#/platform/database.ts";
import type { Charge } from "#/price/charge.ts";
import type { Micros, RankOrder } from "#/price/fold-rates.ts";
import type { OfferKey } from "#/price/offer.ts";
import {
  replayRates,
  type KnownFacts,
  type KnownPin,
  type KnownStep,
  type ReplayedRate,
} from "#/price/replay-rates.ts";
import { OLDER_VARIANTS } from "#/price/variant.ts";
import type { SellerIndex } from "#/price/sellers.ts";
import type { OfferState } from "#/terms/offer.ts";

const KEYS_AT_ONCE = 250;

/**
 * Builds the rates of a book that was kept before there were any, as if they had been kept from the beginning: a step of keys
 * at a time, each in a transaction of its own, so that it goes on where it was broken off. Does nothing where nothing is left
 * to build. Several processes may start at once: one builds, the others wait for it.
 */
export async function buildRates(db: Db, log: Logger): Promise<void> {
  const start = performance.now();
  let built = 0;
  for (;;) {
    const step = await db.transaction((tx) => buildStep(tx));
    if (step === undefined) break;
    built += step.rates;
    log.info({ ...step, rates: built }, "rates: building them from the history");
  }
  if (built > 0) log.info({ rates: built, seconds: Math.round((performance.now() - start) / 1_000) }, "rates: built");
}

/** What is left to do: the history's rows after one, then all keys after one. */
type Build = Readonly<{
  model: string;
  seller: string;
  variant: string;
  historyId: string;
  now: Micros;
  isBegun: boolean;
}>;
type Step = Readonly<{ history?: number; rates: number; left?: number }>;

async function buildStep(tx: Tx): Promise<Step | undefined> {
  await lockBook(tx);
  const [build] = await tx.execute<Build>(sql`
    select model, seller, variant, history_id::text as "historyId", ${micros(sql`as_of`)} as now, is_begun as "isBegun" from rate_build for update`);
  if (build === undefined) return undefined;
  if (!build.isBegun) {
    const history = await fillHistory(tx, build.historyId);
    if (history > 0) return { history, rates: 0 };
    await numberVersions(tx);
  }
  const { keys, left } = await listKeys(tx, build);
  const last = keys.at(-1);
  if (last === undefined) {
    await endBuild(tx);
    return undefined;
  }
  await buildKeys(tx, keys, build.now);
  await tx.execute(sql`
    update rate_build set model = ${last.model}, seller = ${last.seller}, variant = ${last.variant}, is_begun = true`);
  return { rates: keys.length, left: left - keys.length };
}

const HISTORY_AT_ONCE = 50_000;

/** Gives rows of the history their entry and their seller's identity; pins, which stood there twice, go. Answers how many. */
async function fillHistory(tx: Tx, after: string): Promise<number> {
  const [page] = await tx.execute<{ last: string | null; count: number }>(sql`
    select max(id)::text as last, count(*)::int as count from (
      select id from model_pricing_history where id > ${after}::bigint order by id limit ${HISTORY_AT_ONCE}) page`);
  if (page === undefined || page.last === null) return 0;
  const isOnPage = sql`h.id > ${after}::bigint and h.id <= ${page.last}::bigint`;
  const renamed = [...OLDER_VARIANTS].map(([older, now]) => sql`when ${older} then ${now}`);
  const newVariant = sql`case h.variant ${sql.join(renamed, sql` `)} else h.variant end`;
  await tx.execute(sql`delete from model_pricing_history h where ${isOnPage} and h.cause in ('pin', 'unpin')`);
  await tx.execute(sql`
    update model_pricing_history h set listing = p.listing, listed_as = p.listed_as, seller = p.seller, variant = p.variant
    from model_pricing p
    where ${isOnPage} and (p.source, p.listed_as, p.model, p.variant) = (h.source, h.seller, h.model, ${newVariant})`);
  await tx.execute(sql`update rate_build set history_id = ${page.last}::bigint`);
  return page.count;
}

// A payload of an archive says when it was observed; the book came to know it when the run read it.
const KNOWN = sql`case when j.kind = 'backfill' then coalesce(j.started_at, h.observed_at) else h.observed_at end`;
const CAUSE = sql`case when j.kind = 'backfill' then 'backfill' else h.cause end`;

/** One version for each instant at which the book came to know something. */
async function numberVersions(tx: Tx): Promise<void> {
  await tx.execute(sql`
    with events as (
      select ${KNOWN} as at, ${CAUSE} as cause, h.job_id, h.actor, h.reason, h.fence
        from model_pricing_history h left join pricing_sync_jobs j using (job_id)
      union all select withdrawn_at, 'sync', null, null, null, null from model_pricing_history where withdrawn_at is not null
      union all select effective_at, 'due', job_id, null, null, null from model_pricing_history
        where announced and (withdrawn_at is null or withdrawn_at > effective_at)
      union all select set_at, 'pin', null, set_by, reason, null from price_pins
      union all select least(expires_at, cleared_at), case when expires_at <= coalesce(cleared_at, expires_at) then 'expire' else 'unpin' end,
        null, cleared_by, clear_reason, null from price_pins where coalesce(expires_at, cleared_at) is not null)
    insert into book_versions (version, at, cause, job_id, actor, reason, fence)
    select row_number() over (order by at), at, min(cause), (array_agg(job_id))[1], min(actor), min(reason), min(fence)
    from events, rate_build b where at <= b.as_of group by at`);
}

async function listKeys(
  tx: Tx,
  { model, seller, variant }: Build,
): Promise<{ keys: readonly OfferKey[]; left: number }> {
  const rows = await tx.execute<OfferKey & { left: number }>(sql`
    select model, seller, variant, count(*) over ()::int as "left" from (
      select model, seller, variant from model_pricing union select model, seller, variant from price_pins) keys
    where (model, seller, variant) > (${model}, ${seller}, ${variant}) order by model, seller, variant limit ${KEYS_AT_ONCE}`);
  const keys = rows.map(({ model: ofModel, seller: ofSeller, variant: ofVariant }) => ({
    model: ofModel,
    seller: ofSeller,
    variant: ofVariant,
  }));
  return { keys, left: rows[0]?.left ?? 0 };
}

async function buildKeys(tx: Tx, keys: readonly OfferKey[], now: Micros): Promise<void> {
  const order: RankOrder = (await readOrders(tx)).at(-1) ?? { from: Number.NEGATIVE_INFINITY, names: [] };
  const facts = await readKnownFacts(tx, keys, await readSellers(tx));
  const rows: (OfferKey & ReplayedRate & { first: number })[] = [];
  for (const [index, key] of keys.entries()) {
    const own = facts[index];
    if (own === undefined) continue;
    const first = rows.length;
    for (const rate of replayRates(own, order, now)) rows.push({ ...key, ...rate, first });
  }
  await insertRows(tx, rows);
}

async function readKnownFacts(tx: Tx, keys: readonly OfferKey[], sellers: SellerIndex): Promise<readonly KnownFacts[]> {
  type StepRow = Omit<KnownStep, "ask" | "origin"> & {
    i: number;
    source: string;
    listing: string;
    listedAs: string;
    state: OfferState | null;
    charges: Charge[];
    historyId: string;
  };
  const steps = await tx.execute<StepRow>(sql`
    select k.i, h.source, h.listing, h.listed_as as "listedAs", case when h.cause = 'delist' then null else h.state end as state,
      h.charges, ${micros(sql`h.effective_at`)} as "from", h.id::text as "historyId", ${micros(KNOWN)} as known,
      ${micros(sql`h.withdrawn_at`)} as withdrawn, ${CAUSE} as cause
    from ${keyRows(keys)} k join model_pricing_history h on (h.model, h.seller, h.variant) = (k.model, k.seller, k.variant)
      left join pricing_sync_jobs j using (job_id)
    order by h.effective_at, h.observed_at, h.id`);
  const pins = await tx.execute<KnownPin & { i: number }>(sql`
    select k.i, n.id::text, n.meter, n.state, n.charges, ${micros(sql`n.set_at`)} as "from",
      ${micros(sql`n.expires_at`)} as expires, ${micros(sql`n.cleared_at`)} as cleared
    from ${keyRows(keys)} k join price_pins n on (n.model, n.seller, n.variant) = (k.model, k.seller, k.variant)
    order by n.set_at, n.id`);
  const stepsOf = Map.groupBy(steps, ({ i }) => i);
  const pinsOf = Map.groupBy(pins, ({ i }) => i);
  return keys.map((_, i) => {
    const listings = Map.groupBy(stepsOf.get(i) ?? [], ({ source, listing }) => JSON.stringify([source, listing]));
    return {
      listings: [...listings.values()].map((rows) => ({
        precedence: sellers.precedenceOf(rows[0]?.listedAs ?? ""),
        steps: rows.map(({ state, charges, source, listing, historyId, from, known, withdrawn, cause }) => ({
          from,
          known,
          withdrawn,
          cause,
          ask: state === null ? null : { state, charges },
          origin: { source, listing, historyId },
        })),
      })),
      pins: pinsOf.get(i) ?? [],
    };
  });
}

/** Rows point at each other by their place until the database has numbered them. */
async function insertRows(tx: Tx, rows: readonly (OfferKey & ReplayedRate & { first: number })[]): Promise<void> {
  if (rows.length === 0) return;
  const numbered = rows.map(({ first, replaces, ...row }, place) => ({
    ...row,
    place,
    before: replaces === null ? null : first + replaces,
  }));
  const instant = (column: string) => sql`'epoch'::timestamptz + ${sql.raw(column)} * interval '1 microsecond'`;
  const versionOf = (column: string) => sql`(select version from book_versions v where v.at = ${instant(column)})`;
  await tx.execute(sql`
    with rows as materialized (
      select row.*, nextval(pg_get_serial_sequence('rates', 'id')) as id
      from jsonb_to_recordset(${JSON.stringify(numbered)}::text::jsonb) as row(place int, before int, seller text, model text,
        variant text, state text, charges jsonb, origins jsonb, fingerprint text, "from" bigint, "to" bigint,
        "knownFrom" bigint, "knownTo" bigint, cause text, "isNews" boolean))
    insert into rates (id, seller, model, variant, state, charges, origins, fingerprint, valid_from, valid_to, version_from,
      version_to, cause, is_news, replaces) overriding system value
    select r.id, r.seller, r.model, r.variant, r.state, r.charges, r.origins, r.fingerprint, ${instant('r."from"')},
      ${instant('r."to"')}, ${versionOf('r."knownFrom"')}, ${versionOf('r."knownTo"')}, r.cause, r."isNews", b.id
    from rows r left join rows b on b.place = r.before`);
}

async function endBuild(tx: Tx): Promise<void> {
  await recountVersions(tx);
  await tx.execute(sql`delete from rate_build`);
}
