import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { bookAt, pinsAt, type AsOf } from "#/book/book-at.ts";
import { trustCharges } from "#/book/get-price.ts";
import type { Db } from "#/platform/database.ts";
import { type Charge } from "#/price/charge.ts";
import type { OfferKey } from "#/price/offer.ts";
import { resolveEffective } from "#/price/resolve-effective.ts";
import { chargeOutput, offerShape } from "#/terms/offer.ts";
import { METERS } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

/** The price that counts for one offer, from all sources and pins. */
export type EffectiveOffer = OfferKey &
  Readonly<{
    state: OfferState;
    charges: readonly Charge[];
    /** Where its charges come from: names of sources, or `pin`. */
    from: readonly string[];
    /** What each source calls it. */
    listings: Readonly<Record<string, string>>;
    observedAt: string;
  }>;

const row = z.object({
  ...offerShape,
  listing: z.string(),
  observedAt: z.string(),
  meter: z.enum(METERS).nullable(),
  charges: z.array(chargeOutput),
});

export type EffectiveFilter = Readonly<{
  seller?: string | undefined;
  model?: string | undefined;
  variant?: string | undefined;
  /** Only what comes after this offer. */
  after?: OfferKey | undefined;
}>;

/** The book at one instant, pins in and held prices out, in the order of model, seller, variant (`default` first). */
export async function listEffectivePrices(
  db: Db,
  asOf: AsOf,
  filter: EffectiveFilter = {},
): Promise<{ at: string; offers: EffectiveOffer[] }> {
  const [found] = await db.execute(sql`
    with latest as (${bookAt(asOf, conditionsOf(filter, sql`h`))}),
    lines as (
      select l.source, l.seller, l.model, l.variant, l.state, l.charges, p.listing, null as meter,
        to_json(l.observed_at) #>> '{}' as "observedAt", coalesce(s.trust, 1000000) as rank
      from latest l join model_pricing p using (source, seller, model, variant)
      left join sources s on s.name = l.source
      where l.cause <> 'delist'
      union all
      select 'pin', n.seller, n.model, n.variant, n.state, n.charges, n.model, n.meter, to_json(n.set_at) #>> '{}', -1
      from (${pinsAt(asOf, conditionsOf(filter, sql`n`))}) n)
    select to_json(coalesce(${asOf.at ?? null}::timestamptz, clock_timestamp())) #>> '{}' as at,
      coalesce(json_agg(lines order by model, seller, variant <> 'default', variant, rank, source), '[]') as lines from lines`);
  const { at, lines } = z.object({ at: z.string(), lines: z.array(row) }).parse(found);
  const groups = Map.groupBy(lines, ({ seller, model, variant }) => JSON.stringify([seller, model, variant]));
  return { at, offers: [...groups.values()].flatMap((group) => resolveGroup(group) ?? []) };
}

function conditionsOf({ seller, model, variant, after }: EffectiveFilter, table: SQL): SQL[] {
  const conditions: SQL[] = [];
  if (seller !== undefined) conditions.push(sql`${table}.seller = ${seller}`);
  if (model !== undefined) conditions.push(sql`${table}.model = ${model}`);
  if (variant !== undefined) conditions.push(sql`${table}.variant = ${variant}`);
  if (after !== undefined)
    conditions.push(sql`(${table}.model, ${table}.seller, ${table}.variant <> 'default', ${table}.variant)
      > (${after.model}, ${after.seller}, ${after.variant} <> 'default', ${after.variant})`);
  return conditions;
}

function resolveGroup(group: readonly z.infer<typeof row>[]): EffectiveOffer | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const asks = group.map((line) => ({ ...line, charges: trustCharges(line.charges) }));
  const { state, charges } = resolveEffective(
    asks.filter(({ source }) => source !== "pin"),
    asks.filter(({ source }) => source === "pin"),
  );
  const used = new Set(charges.map(({ from }) => from));
  const basis = used.size > 0 ? [...used] : asks;
  return {
    seller: first.seller,
    model: first.model,
    variant: first.variant,
    state,
    charges: charges.map(({ charge }) => charge),
    from: [...new Set(basis.map(({ source }) => source))],
    listings: Object.fromEntries(group.flatMap((line) => (line.source === "pin" ? [] : [[line.source, line.listing]]))),
    observedAt:
      basis
        .map(({ observedAt }) => observedAt)
        .toSorted()
        .at(-1) ?? first.observedAt,
  };
}
