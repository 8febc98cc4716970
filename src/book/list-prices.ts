import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { isHeld } from "#/book/open-holds.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { offerShape } from "#/terms/offer.ts";
import type { OFFER_STATES } from "#/terms/offer.ts";

export const listedOffer = z.object({
  ...offerShape,
  observedAt: z.string(),
  missedPayloads: z.number(),
  staleSince: z.string().nullable(),
  delistedAt: z.string().nullable(),
  /** The guard keeps a newer price out of force. */
  isHeld: z.boolean(),
  /** A price set by hand stands above it. */
  isPinned: z.boolean(),
});
export type ListedOffer = z.infer<typeof listedOffer>;

/** What an offer may be marked with, beside the state of its price. */
export const OFFER_MARKS = ["held", "pinned", "stale", "missing", "delisted"] as const;
export type OfferMark = (typeof OFFER_MARKS)[number];

const MARKED: Readonly<Record<OfferMark, SQL>> = {
  held: isHeld(sql`m`),
  pinned: sql`exists (select from price_pins n where n.cleared_at is null
    and coalesce(n.expires_at > clock_timestamp(), true) and (n.seller, n.model, n.variant) = (m.seller, m.model, m.variant))`,
  stale: sql`m.stale_since is not null`,
  missing: sql`(m.delisted_at is null and m.missed_payloads > 0)`,
  delisted: sql`m.delisted_at is not null`,
};

export type ListPricesInput = Readonly<{
  /** Words that must all occur in seller, model or variant, in any case. */
  search?: string | undefined;
  source?: string | undefined;
  seller?: string | undefined;
  state?: (typeof OFFER_STATES)[number] | undefined;
  mark?: OfferMark | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

export const offerMarks = z.object({
  held: z.number(),
  pinned: z.number(),
  stale: z.number(),
  missing: z.number(),
  delisted: z.number(),
});

export type ListPricesResult = Readonly<{
  offers: ListedOffer[];
  total: number;
  /** How many carry each mark, among those that the filters other than \`mark\` let through. */
  marks: z.infer<typeof offerMarks>;
  nextCursor: string | null;
}>;

/** The present book in the order of model, seller, variant (`default` first), source; page by cursor. */
export async function listPrices(db: Db, input: ListPricesInput): Promise<ListPricesResult> {
  const filters = listFilters(input);
  const counts = OFFER_MARKS.map((mark) => sql`count(*) filter (where ${MARKED[mark]})::int as ${sql.raw(mark)}`);
  const [row] = await db.execute(sql`
    select count(*)::int as total, ${sql.join(counts, sql`, `)}
    from model_pricing m where ${sql.join(filters, sql` and `)}`);
  const { total, ...marks } = offerMarks.extend({ total: z.number() }).parse(row);
  if (input.mark !== undefined) filters.push(MARKED[input.mark]);
  if (input.cursor !== undefined)
    filters.push(sql`(model, seller, variant <> 'default', variant, source) > ${readCursor(input.cursor)}`);
  const rows = await db.execute(sql`
    select source, seller, model, variant, state, charges, to_json(observed_at) #>> '{}' as "observedAt",
      missed_payloads as "missedPayloads", to_json(delisted_at) #>> '{}' as "delistedAt",
      to_json(stale_since) #>> '{}' as "staleSince",
      ${MARKED.held} as "isHeld", ${MARKED.pinned} as "isPinned"
    from model_pricing m where ${sql.join(filters, sql` and `)}
    order by model, seller, variant <> 'default', variant, source limit ${input.limit + 1}`);
  const offers = z.array(listedOffer).parse([...rows].slice(0, input.limit));
  const last = offers.at(-1);
  const more = rows.length > input.limit && last !== undefined;
  return {
    offers,
    total: input.mark === undefined ? total : marks[input.mark],
    marks,
    nextCursor: more ? writeCursor(last) : null,
  };
}

function listFilters({ search, source, seller, state }: ListPricesInput): SQL[] {
  const words = (search ?? "").split(/\s+/).filter((word) => word !== "");
  const filters = words.map((word) => {
    const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    return sql`concat_ws(' ', seller, model, variant) ilike ${pattern}`;
  });
  if (source !== undefined) filters.push(sql`source = ${source}`);
  if (seller !== undefined) filters.push(sql`seller = ${seller}`);
  if (state !== undefined) filters.push(sql`state = ${state}`);
  return filters.length > 0 ? filters : [sql`true`];
}

const cursorShape = z.tuple([z.string(), z.string(), z.string(), z.string()]);

function writeCursor({ model, seller, variant, source }: ListedOffer): string {
  return Buffer.from(JSON.stringify([model, seller, variant, source])).toString("base64url");
}

function readCursor(cursor: string): SQL {
  try {
    const [model, seller, variant, source] = cursorShape.parse(
      JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")),
    );
    return sql`(${model}, ${seller}, ${variant} <> 'default', ${variant}, ${source})`;
  } catch (cause) {
    throw new AppError("INVALID", "The cursor is not one that a list answered; start again without it", { cause });
  }
}
