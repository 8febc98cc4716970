import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { monthlyImpacts } from "#/book/monthly-impact.ts";
import { rateOfKey, versionAt, type RatesAsked } from "#/book/rates-at.ts";
import { readSellers } from "#/book/read-sellers.ts";
import type { Db } from "#/platform/database.ts";
import { askOutput } from "#/terms/offer-output.ts";

export const rateDifference = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  /** Null where the book had no such rate. */
  before: askOutput.nullable(),
  after: askOutput.nullable(),
  monthlyImpactUsd: z.string().nullable(),
});
export type RateDifference = z.infer<typeof rateDifference>;

export type DiffRatesInput = Readonly<{
  from: string;
  /** Now when absent. */
  to?: string | undefined;
  /** Both as the book stood at this instant; each as it was known then when absent. */
  knownAt?: string | undefined;
  seller?: string | undefined;
  limit: number;
}>;

/**
 * What differs in the prices in force between two instants, each as it was known at that instant: what somebody who looked then
 * and looks now would see move. With `knownAt` both are as the book stood at that one, whatever it came to know late. Answers the first `limit` differences and how many there are.
 */
export async function diffRates(
  db: Db,
  { from, to, knownAt, seller, limit }: DiffRatesInput,
): Promise<{ differences: RateDifference[]; total: number }> {
  const only = seller === undefined ? [] : [sql`r.seller = ${(await readSellers(db)).identityOf(seller)}`];
  const asOf = (instant: string | undefined) =>
    instant === undefined && knownAt === undefined ? {} : { at: instant, version: versionAt(knownAt ?? instant) };
  const rows = await db.execute(sql`
    with touched as materialized (${touchedBetween(from, to, only)}),
    a as (${ofTouched(asOf(from))}), b as (${ofTouched(asOf(to))}),
    moved as (
      select seller, model, variant, a.state as old_state, a.charges as old_charges, b.state as new_state,
        b.charges as new_charges
      from a full join b using (seller, model, variant) where a.fingerprint is distinct from b.fingerprint)
    select seller, model, variant, count(*) over ()::int as total,
      case when old_state is not null then jsonb_build_object('state', old_state, 'charges', old_charges) end as before,
      case when new_state is not null then jsonb_build_object('state', new_state, 'charges', new_charges) end as after
    from moved order by model, seller, variant <> 'default', variant limit ${limit}`);
  const found = z.array(rateDifference.omit({ monthlyImpactUsd: true }).extend({ total: z.number() })).parse([...rows]);
  const impacts = await monthlyImpacts(
    db,
    found.map((one) => ({ ...one, before: one.before?.charges ?? [], after: one.after?.charges ?? [] })),
  );
  return {
    differences: found.map((one, index) => ({ ...one, monthlyImpactUsd: impacts[index] ?? null })),
    total: found[0]?.total ?? 0,
  };
}

const ofTouched = (asked: RatesAsked) => sql`select r.* from touched k cross join lateral (${rateOfKey(asked)}) r`;

/** Only these can differ: rates that a version in between brought or closed, and those whose day came in between. */
function touchedBetween(from: string, to: string | undefined, only: readonly SQL[]): SQL {
  const until = sql`coalesce(${to ?? null}::timestamptz, clock_timestamp())`;
  const [first, last] = [sql`(select first from span)`, sql`(select last from span)`];
  // Versions are numbered in the order of their instants.
  const isBetween = (version: SQL) => sql`${version} > ${versionAt(first)} and ${version} <= ${versionAt(last)}`;
  // Each by an index of its own.
  const moves = [
    isBetween(sql`r.version_from`),
    isBetween(sql`r.version_to`),
    sql`r.valid_from > ${first} and r.valid_from <= ${last}`,
  ].map((move) => sql`select r.model, r.seller, r.variant from rates r where ${sql.join([move, ...only], sql` and `)}`);
  // An index takes no bound that is worked out anew for every row.
  return sql`
    with span as materialized (
      select least(${from}::timestamptz, ${until}) as first, greatest(${from}::timestamptz, ${until}) as last)
    ${sql.join(moves, sql` union `)}`;
}
