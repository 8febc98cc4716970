import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { RATE_SOURCES } from "#/book/list-rate-changes.ts";
import { RATE_ORDER, ratesAt } from "#/book/rates-at.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { suggestModels, type ModelSuggestion } from "#/book/suggest-models.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { canonicalVariant } from "#/price/variant.ts";
import { chargeOutput, offerShape } from "#/terms/offer.ts";

/** A price that counts: nothing held, nothing unknown. */
export const priceInForce = z.object({
  seller: offerShape.seller,
  model: offerShape.model,
  variant: offerShape.variant,
  state: z.enum(["priced", "free"]),
  charges: z.array(chargeOutput),
  /** The sources it was taken from, or `pin`. */
  from: z.array(z.string()),
  observed_at: z.string(),
});
export type PriceInForce = z.infer<typeof priceInForce>;

type Filter = Readonly<{
  seller?: string | undefined;
  model?: string | undefined;
  variant?: string | undefined;
}>;
type Input = Filter & Readonly<{ at?: string | undefined; limit: number; cursor?: string | undefined }>;
type Page = Readonly<{
  version: string;
  at: string | null;
  prices: PriceInForce[];
  nextCursor: string | null;
  didYouMean?: ModelSuggestion[];
}>;

const HAS_PRICE = sql`r.state in ('priced', 'free')`;

/** What the present book's answers are of: its version, and when the newest announced price came into force. */
export async function readBookMark(db: Db): Promise<{ version: string; mark: string }> {
  const [row] = await db.execute<{ version: string; due: string | null }>(sql`
    select v.version::text, (extract(epoch from d.since) * 1000000)::bigint::text as due
    from (select coalesce(max(version), 0) as version, max(at) as at from (
        select version, at from book_versions order by version desc limit 1) newest) v
      left join lateral (select max(r.valid_from) as since from rates r
        where not r.is_news and r.version_to is null and r.valid_to is null and r.valid_from <= clock_timestamp() and r.valid_from > v.at) d on true`);
  const { version, due } = row ?? { version: "0", due: null };
  return { version, mark: due === null ? version : `${version}-${due}` };
}

/**
 * One page of the prices in force at an instant, now when absent; the pages that follow are of the same version of the book
 * and the same instant. Throws `INVALID` for a cursor that no page has answered.
 */
export async function listPricesInForce(db: Db, input: Input): Promise<Page> {
  return readTogether(db, (tx) => readPage(tx, input));
}

/** The version that is named and the rates that are read are of one snapshot, whatever is written meanwhile. */
function readTogether<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(read, { isolationLevel: "repeatable read", accessMode: "read only" });
}

async function readPage(db: Tx, { at, limit, cursor, ...filter }: Input): Promise<Page> {
  const place = cursor === undefined ? undefined : readCursor(cursor);
  const start = place ?? (await startOf(db, at));
  const book = place === undefined && at === undefined ? {} : { at: start.at, version: sql`${start.version}::bigint` };
  const seller = filter.seller === undefined ? undefined : (await readSellers(db)).identityOf(filter.seller);
  const variant = filter.variant === undefined ? undefined : canonicalVariant(filter.variant);
  const filters = conditionsOf({ ...filter, seller, variant }, place);
  const rows = await db.execute(sql`
    select r.seller, r.model, r.variant, r.state, r.charges, ${RATE_SOURCES} as "from",
      to_json(${observedAt}) #>> '{}' as observed_at
    from (${ratesAt(book, filters)}) r where ${HAS_PRICE} order by ${RATE_ORDER} limit ${limit + 1}`);
  const prices = z.array(priceInForce).parse([...rows].slice(0, limit));
  const last = prices.at(-1);
  const isUnknown = prices.length === 0 && cursor === undefined && !(await isListed(db, filter.model));
  return {
    version: start.version,
    at: place?.asked ?? at ?? null,
    prices,
    nextCursor:
      rows.length > limit && last !== undefined
        ? writeCursor({ ...start, ...last, asked: at ?? place?.asked ?? null })
        : null,
    ...(isUnknown ? { didYouMean: await suggestModels(db, { model: filter.model ?? "", seller }) } : {}),
  };
}

/** Whether the book knows of a model at all, with a price or without. */
async function isListed(db: Db, model: string | undefined): Promise<boolean> {
  return model === undefined || (await db.execute(sql`select from rates where model = ${model} limit 1`)).length > 0;
}

/** When the newest of a rate's origins was observed, or pinned. */
const observedAt = sql`coalesce((
  select max(coalesce(h.observed_at, n.set_at)) from jsonb_array_elements(r.origins) o
    left join model_pricing_history h on h.id = (o ->> 'historyId')::bigint
    left join price_pins n on n.id = (o ->> 'pinId')::bigint), r.valid_from)`;

async function startOf(db: Db, at: string | undefined): Promise<{ version: string; at: string }> {
  const [row] = await db.execute<{ version: string; at: string }>(sql`
    select coalesce(max(version), 0)::text as version,
      to_json(coalesce(${at ?? null}::timestamptz, clock_timestamp())) #>> '{}' as at
    from (select version from book_versions order by version desc limit 1) newest`);
  if (row === undefined) throw new Error("the database did not answer its version");
  return row;
}

function conditionsOf({ seller, model, variant }: Filter, after: Place | undefined): SQL[] {
  const conditions: SQL[] = [];
  if (seller !== undefined) conditions.push(sql`r.seller = ${seller}`);
  if (model !== undefined) conditions.push(sql`r.model = ${model}`);
  if (variant !== undefined) conditions.push(sql`r.variant = ${variant}`);
  if (after !== undefined)
    conditions.push(
      sql`(${RATE_ORDER}) > (${after.model}, ${after.seller}, ${after.variant !== "default"}, ${after.variant})`,
    );
  return conditions;
}

/** A price for an export: every charge, and what a format's own sources call it. */
export const exportedRate = priceInForce.extend({ listing: z.string().nullable(), listedAs: z.string().nullable() });
export type ExportedRate = z.infer<typeof exportedRate>;

/** All prices in force at an instant, now when absent, with the id that sources of one kind list each under. */
export async function listExportedRates(
  db: Db,
  { at, kind }: Readonly<{ at?: string | undefined; kind?: string | undefined }>,
): Promise<{ version: string; at: string; rates: ExportedRate[] }> {
  return readTogether(db, (tx) => readAll(tx, { at, kind }));
}

async function readAll(
  db: Tx,
  { at, kind }: Readonly<{ at?: string | undefined; kind?: string | undefined }>,
): Promise<{ version: string; at: string; rates: ExportedRate[] }> {
  const start = await startOf(db, at);
  const book = at === undefined ? {} : { at, version: sql`${start.version}::bigint` };
  const listed = sql`left join lateral (
    select m.listing, m.listed_as from model_pricing m join sources s on s.name = m.source
    where s.kind = ${kind ?? ""} and (m.model, m.seller, m.variant) = (r.model, r.seller, r.variant)
    order by m.delisted_at is not null, source_rank(s.name), m.id limit 1) l on true`;
  const rows = await db.execute(sql`
    select r.seller, r.model, r.variant, r.state, r.charges, ${RATE_SOURCES} as "from",
      to_json(${kind === undefined ? observedAt : sql`r.valid_from`}) #>> '{}' as observed_at,
      ${kind === undefined ? sql`null as listing, null as "listedAs"` : sql`l.listing, l.listed_as as "listedAs"`}
    from (${ratesAt(book, [])}) r ${kind === undefined ? sql`` : listed} where ${HAS_PRICE} order by ${RATE_ORDER}`);
  return { ...start, rates: z.array(exportedRate).parse([...rows]) };
}

const instant = z.iso.datetime({ offset: true });
const cursorShape = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  instant,
  z.string().regex(/^\d{1,18}$/),
  instant.nullable(),
]);
type Place = Readonly<{
  model: string;
  seller: string;
  variant: string;
  at: string;
  version: string;
  asked: string | null;
}>;

function writeCursor({ model, seller, variant, at, version, asked }: Place): string {
  return Buffer.from(JSON.stringify([model, seller, variant, at, version, asked])).toString("base64url");
}

function readCursor(cursor: string): Place {
  try {
    const [model, seller, variant, at, version, asked] = cursorShape.parse(
      JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")),
    );
    return { model, seller, variant, at, version, asked };
  } catch (cause) {
    throw new AppError("INVALID", "The cursor is not one that a page answered; start again without it", { cause });
  }
}
