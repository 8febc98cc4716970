import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { BY_RANK, factOf, IS_SUNSET_SOON, STATED_FACTS } from "#/book/facts-of-rates.ts";
import { RATE_SOURCES } from "#/book/rate-columns.ts";
import { isHeld } from "#/book/open-holds.ts";
import { all, presentRates, RATE_ORDER } from "#/book/rates-at.ts";
import { readSellers } from "#/book/read-sellers.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { foldFacts, rateFacts, type statedFacts } from "#/terms/facts.ts";
import { chargeOutput } from "#/terms/offer-output.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

/** What one source lists of a rate: the evidence beside the price in force. */
const listedOffer = z.object({
  source: z.string(),
  listing: z.string(),
  /** The seller as the source spells it. */
  listedAs: z.string(),
  state: z.enum(OFFER_STATES),
  charges: z.array(chargeOutput),
  missedPayloads: z.number(),
  staleSince: z.string().nullable(),
  delistedAt: z.string().nullable(),
});

export const listedRate = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  state: z.enum(OFFER_STATES),
  charges: z.array(chargeOutput),
  /** The sources it was taken from, or `pin`; empty when nobody lists it any more. */
  from: z.array(z.string()),
  validFrom: z.string(),
  /** The guard keeps a newer price of some source out of force. */
  isHeld: z.boolean(),
  isPinned: z.boolean(),
  /** Its seller stops it within 30 days. */
  isSunsetSoon: z.boolean(),
  /** What catalogues say beside the price, each from the first source that does. */
  facts: rateFacts,
  /** What each source lists, in the order of rank. */
  offers: z.array(listedOffer),
});
export type ListedRate = z.infer<typeof listedRate>;

/** What a rate may be marked with, beside its state. */
export const RATE_MARKS = ["held", "pinned", "stale", "missing", "delisted", "sunset"] as const;
export type RateMark = (typeof RATE_MARKS)[number];

const isListed = (condition: SQL) => sql`exists (select from model_pricing m
  where (m.model, m.seller, m.variant) = (r.model, r.seller, r.variant) and ${condition})`;

/** Whether a rate `r` carries each mark. */
export const MARKED: Readonly<Record<RateMark, SQL>> = {
  held: isHeld(sql`r`),
  pinned: sql`jsonb_path_exists(r.origins, '$[*].pinId')`,
  stale: isListed(sql`m.stale_since is not null`),
  missing: isListed(sql`m.delisted_at is null and m.missed_payloads > 0`),
  delisted: sql`(r.origins = '[]')`,
  sunset: IS_SUNSET_SOON,
};

const name = z.string().min(1).max(512);
const factWord = z.string().min(1).max(40);

/** Which of the present rates. Empty means all. */
export const priceFilter = z.object({
  /** Words that must all occur in seller, model or variant, in any case. */
  search: z.string().max(200).optional(),
  /** Only what this source lists. */
  source: name.optional(),
  /** In any spelling. */
  seller: name.optional(),
  state: z.enum(OFFER_STATES).optional(),
  mark: z.enum(RATE_MARKS).optional(),
  /** Only what is known to take at least so many tokens. */
  contextTokens: z.int().positive().optional(),
  /** Only what is known to take this, such as `image`. */
  takes: factWord.optional(),
  /** Only what is known to be for this, such as `chat`. */
  mode: factWord.optional(),
});
export type PriceFilter = z.infer<typeof priceFilter>;

export type ListPricesInput = PriceFilter & Readonly<{ cursor?: string | undefined; limit: number }>;

export const rateMarks = z.object({
  held: z.number(),
  pinned: z.number(),
  stale: z.number(),
  missing: z.number(),
  delisted: z.number(),
  sunset: z.number(),
});

export type ListPricesResult = Readonly<{
  rates: ListedRate[];
  total: number;
  /** How many carry each mark, among those that the filters other than `mark` let through. */
  marks: z.infer<typeof rateMarks>;
  nextCursor: string | null;
}>;

/**
 * The present rates in the order of model, seller, variant (`default` first); page by cursor. Counts and page are one statement, so
 * that what the filters let through is looked for once.
 */
export async function listPrices(db: Db, input: ListPricesInput): Promise<ListPricesResult> {
  const { keys, rest } = await priceConditions(db, input);
  const marked = RATE_MARKS.map((mark) => sql`${MARKED[mark]} as ${sql.raw(mark)}`);
  const counts = RATE_MARKS.map((mark) => sql`count(*) filter (where ${sql.raw(mark)})::int as ${sql.raw(mark)}`);
  const onPage = [
    ...(input.mark === undefined ? [] : [sql.raw(input.mark)]),
    ...(input.cursor === undefined ? [] : [sql`(${RATE_ORDER}) > ${readCursor(input.cursor)}`]),
  ];
  const [found] = await db.execute<Found>(sql`
    with found as materialized (
      select r.id, r.model, r.seller, r.variant, ${sql.join(marked, sql`, `)}
      from (${presentRates({}, keys)}) r where ${all(rest)}),
    page as (select * from found r where ${all(onPage)} order by ${RATE_ORDER} limit ${input.limit + 1}),
    listed as (
      select r.seller, r.model, r.variant, r.state, r.charges, ${RATE_SOURCES} as "from",
        to_json(r.valid_from) #>> '{}' as "validFrom", p.held as "isHeld", p.pinned as "isPinned", p.sunset as "isSunsetSoon",
        ${STATED_FACTS} as facts, ${OFFERS} as offers
      from page p join rates r using (id))
    select (select coalesce(json_agg(r order by ${RATE_ORDER}), '[]') from listed r) as listed, count(*)::int as total,
      ${sql.join(counts, sql`, `)}
    from found`);
  if (found === undefined) throw new Error("the database did not count the rates");
  const { listed, total, ...marks } = found;
  const rates = listed.slice(0, input.limit).map(({ facts, ...rate }) => ({ ...rate, facts: foldFacts(facts) }));
  const last = rates.at(-1);
  return {
    rates,
    total: input.mark === undefined ? total : marks[input.mark],
    marks,
    nextCursor: listed.length > input.limit && last !== undefined ? writeCursor(last) : null,
  };
}

type Found = z.infer<typeof rateMarks> &
  Readonly<{
    total: number;
    /** One more than the page has room for, when there is a next one. */
    listed: (Omit<ListedRate, "facts"> & Readonly<{ facts: readonly z.infer<typeof statedFacts>[] }>)[];
  }>;

const OFFERS = sql`(
  select coalesce(json_agg(json_build_object('source', m.source, 'listing', m.listing, 'listedAs', m.listed_as,
      'state', m.state, 'charges', m.charges, 'missedPayloads', m.missed_payloads, 'staleSince', m.stale_since,
      'delistedAt', m.delisted_at) order by ${BY_RANK}), '[]')
  from model_pricing m where (m.model, m.seller, m.variant) = (r.model, r.seller, r.variant))`;

/** Conditions on rates `r`: `keys` name whole timelines, `rest` asks of the rate in force, and `marked` of its mark. */
export async function priceConditions(
  db: Db,
  filter: PriceFilter,
): Promise<Readonly<Record<"keys" | "rest" | "marked", SQL[]>>> {
  const { search, source, state, mark } = filter;
  const words = (search ?? "").split(/\s+/).filter((word) => word !== "");
  const keys = words.map((word) => {
    const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    return sql`concat_ws(' ', r.seller, r.model, r.variant) ilike ${pattern}`;
  });
  if (source !== undefined) keys.push(isListed(sql`m.source = ${source}`));
  if (filter.seller !== undefined) keys.push(sql`r.seller = ${(await readSellers(db)).identityOf(filter.seller)}`);
  const rest = [...(state === undefined ? [] : [sql`r.state = ${state}`]), ...factFilters(filter)];
  return { keys, rest, marked: mark === undefined ? [] : [MARKED[mark]] };
}

/** A fact that nobody states is no match. */
function factFilters({ contextTokens, takes, mode }: PriceFilter): SQL[] {
  const filters: SQL[] = [];
  if (contextTokens !== undefined)
    filters.push(sql`(${factOf("contextTokens")} #>> '{}')::bigint >= ${contextTokens}::bigint`);
  if (takes !== undefined) filters.push(sql`${factOf("inputModalities")} ? ${takes}::text`);
  if (mode !== undefined) filters.push(sql`${factOf("mode")} #>> '{}' = ${mode}::text`);
  return filters;
}

const cursorShape = z.tuple([z.string(), z.string(), z.string()]);

function writeCursor({ model, seller, variant }: ListedRate): string {
  return Buffer.from(JSON.stringify([model, seller, variant])).toString("base64url");
}

function readCursor(cursor: string): SQL {
  try {
    const [model, seller, variant] = cursorShape.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return sql`(${model}, ${seller}, ${variant !== "default"}, ${variant})`;
  } catch (cause) {
    throw new AppError("INVALID", "The cursor is not valid. Start again without it", { cause });
  }
}
