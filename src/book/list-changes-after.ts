import { sql } from "drizzle-orm";
import { z } from "zod";
import { ratePrice } from "#/book/list-rates.ts";
import { PRICE_JSON } from "#/book/rate-columns.ts";
import { RATE_ORDER } from "#/book/rates-at.ts";
import { RATE_CAUSES } from "#/book/schema.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { chargeOutput } from "#/terms/offer-output.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

/** What a version of the book brought for one key. */
export const rateMove = z.object({
  version: z.string(),
  at: z.string().meta({ description: "When the version was made" }),
  cause: z.enum(RATE_CAUSES),
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  change: z
    .enum(["first", "changed", "gone", "source"])
    .meta({ description: "`source`: the same price, taken from another source" }),
  price: ratePrice.nullable().meta({ description: "What is in force with this version; null when nothing is" }),
  previous: z
    .object({ state: z.enum(OFFER_STATES), charges: z.array(chargeOutput) })
    .nullable()
    .meta({ description: "What it took the place of" }),
});
export type RateMove = z.infer<typeof rateMove>;

/** Where a reader has got to: it has all versions up to `version`, and so many moves of later ones. */
export type MovePlace = Readonly<{ version: string; told: number }>;

/**
 * What came into force after a place, in the order of versions, at most `limit` moves, up to the version `until`. A reader that
 * applies them to the book of its version has the book of `until`. Throws `GONE` when the book does not have that version.
 */
export async function listChangesAfter(
  db: Db,
  { version, told }: MovePlace,
  { until, limit }: Readonly<{ until: string; limit: number }>,
): Promise<RateMove[]> {
  await requireVersion(db, version);
  const rows = await db.execute(sql`
    ${MOVES} where v.version > ${version}::bigint and v.version <= ${until}::bigint
    order by v.version, ${RATE_ORDER}
    limit ${limit} offset ${told}`);
  return z.array(rateMove).parse([...rows]);
}

/** A query for moves up to its conditions on the version `v`, the rate `r`, and the rate `b` in whose place it came. */
const MOVES = sql`
  select v.version::text, to_json(v.at) #>> '{}' as at, v.cause, r.seller, r.model, r.variant,
    case when r.origins = '[]' or r.is_over then 'gone' when b.id is null or b.origins = '[]' then 'first'
      when r.fingerprint is distinct from b.fingerprint then 'changed' else 'source' end as change,
    case when not r.is_over then ${PRICE_JSON} end as price,
    case when b.id is not null then json_build_object('state', b.state, 'charges', b.charges) end as previous
  from book_versions v
    cross join lateral (
      select r.*, false as is_over from rates r where r.version_from = v.version and r.is_news
      union all
      select r.*, true as is_over from rates r where r.version_to = v.version and r.valid_to is null and r.valid_from <= v.at
        and not exists (select from rates s where (s.model, s.seller, s.variant) = (r.model, r.seller, r.variant)
          and s.version_from <= v.version and (s.version_to is null or s.version_to > v.version))) r
    left join rates b on b.id = case when r.is_over then r.id else r.replaces end`;

/**
 * The newest moves that changed a price, the newest first, at most `limit`: after the version `after` and up to `until`. Throws
 * `GONE` when the book does not have the version `after`.
 */
export async function listNewestMoves(
  db: Db,
  { after, until, limit }: Readonly<{ after: string; until: string; limit: number }>,
): Promise<RateMove[]> {
  await requireVersion(db, after);
  const rows = await db.execute(sql`
    ${MOVES} where v.version > ${after}::bigint and v.version <= ${until}::bigint
      and (r.is_over or r.origins = '[]' or b.id is null or b.origins = '[]' or r.fingerprint is distinct from b.fingerprint)
    order by v.version desc, ${RATE_ORDER}
    limit ${limit}`);
  return z.array(rateMove).parse([...rows]);
}

/** The later of two versions: a reader may know one that this process has not heard of yet. */
export function laterVersion(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b;
}

/** Where a reader is after a page: at `until` when there was no more. */
export function placeAfter(
  { version, told }: MovePlace,
  moves: readonly RateMove[],
  { until, limit }: Readonly<{ until: string; limit: number }>,
): MovePlace {
  const last = moves.at(-1);
  if (moves.length < limit || last === undefined) return { version: until, told: 0 };
  const before = String(BigInt(last.version) - 1n);
  const ofLast = moves.filter((move) => move.version === last.version).length;
  return { version: before, told: ofLast + (before === version ? told : 0) };
}

/** A version that the book has, or had before its first one. */
async function requireVersion(db: Db, version: string): Promise<void> {
  const [row] = await db.execute<{ isKnown: boolean; newest: string }>(sql`
    select coalesce(max(version), 0)::text as newest,
      ${version} = '0' or bool_or(version = ${version}::bigint) is true as "isKnown"
    from (select version from book_versions order by version desc limit 1) newest
      full join (select version from book_versions where version = ${version}::bigint) asked using (version)`);
  if (row?.isKnown !== true)
    throw new AppError(
      "GONE",
      `The book has no version ${version}; its newest is ${row?.newest ?? "0"}. Read all prices anew, and go on from their version`,
    );
}
