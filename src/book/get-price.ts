import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { STATED_FACTS } from "#/book/facts-of-rates.ts";
import { heldBy } from "#/book/open-holds.ts";
import { instantOf, pinsAt } from "#/book/pins-at.ts";
import { presentRates, ratesAt, versionAt, type AsOf } from "#/book/rates-at.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { RATE_CAUSES } from "#/book/schema.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { activeCharges } from "#/price/active-charges.ts";
import type { Charge } from "#/price/charge.ts";
import { foldFacts, rateFacts, statedFacts } from "#/terms/facts.ts";
import { chargeOutput, discountOutput, offerShape } from "#/terms/offer-output.ts";
import { OFFER_STATES } from "#/terms/offer.ts";
import { canonicalVariant } from "#/price/variant.ts";
import { METERS } from "#/terms/meter.ts";
import { describeSuggestions, suggestModels } from "#/book/suggest-models.ts";

/** Instants are ISO 8601 texts in UTC. */
const instant = z.string();

const provenance = z.object({
  jobId: z.string().nullable(),
  payloadDigest: z.string().nullable(),
  observedAt: instant,
  cause: z.string(),
});

export const pricedOffer = z.object({
  ...offerShape,
  /** What is taken off the list price, while it is. */
  discount: discountOutput.nullable(),
  effectiveAt: instant,
  /** Where the answer comes from. */
  provenance,
  /** As things are now, whatever instant was asked for. */
  listing: z.object({
    id: z.string(),
    /** The seller as the source spells it. */
    listedAs: z.string(),
    /** The source's field that this offer was worked out from, where it does not state its amounts outright. */
    derivedFrom: z.string().nullable(),
    missedPayloads: z.number(),
    missingSince: instant.nullable(),
    staleSince: instant.nullable(),
    delistedAt: instant.nullable(),
    /** The open hold that keeps a newer price out of force, for now or for a later day. */
    heldBy: z.string().nullable(),
  }),
});
export type PricedOffer = z.infer<typeof pricedOffer>;

export const pinOutput = z.object({
  id: z.string(),
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  meter: z.enum(METERS).nullable(),
  state: z.enum(["priced", "free"]),
  charges: z.array(chargeOutput),
  reason: z.string(),
  setBy: z.string(),
  setAt: instant,
  expiresAt: instant.nullable(),
});
export type PinOutput = z.infer<typeof pinOutput>;

/** The price in force for one seller, model and variant: pins first, then the sources in the order of rank. */
export const effectivePrice = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  state: z.enum(OFFER_STATES),
  /** From when on it counts, what brought it, and under which version of the book. */
  validFrom: instant,
  cause: z.enum(RATE_CAUSES),
  version: z.string(),
  /** What catalogues say beside the price, as things are now whatever instant was asked for. */
  facts: rateFacts,
  charges: z.array(
    chargeOutput.extend({
      /** The source it was taken from, or `pin`. */
      source: z.string(),
      observedAt: instant,
      jobId: z.string().nullable(),
      payloadDigest: z.string().nullable(),
      pinnedBy: z.string().nullable(),
      /** Taken from another source than the rest, whose sheet lacks the meter. */
      isFilled: z.boolean(),
      /** Whether its window is open at the time of day that was asked for. */
      isActive: z.boolean(),
    }),
  ),
});
export type EffectivePrice = z.infer<typeof effectivePrice>;

export type GetPriceInput = AsOf &
  Readonly<{
    model: string;
    seller?: string | undefined;
    source?: string | undefined;
    variant?: string | undefined;
  }>;

export type GetPriceResult = Readonly<{
  version: string;
  effective: EffectivePrice[];
  offers: PricedOffer[];
  pins: PinOutput[];
}>;

const rateRow = effectivePrice.omit({ charges: true }).extend({
  facts: z.array(statedFacts),
  charges: z.array(chargeOutput),
  origins: z.array(
    z.object({
      meters: z.array(z.enum(METERS)).nullable(),
      isFilled: z.boolean(),
      source: z.string(),
      observedAt: instant,
      jobId: z.string().nullable(),
      payloadDigest: z.string().nullable(),
      pinnedBy: z.string().nullable(),
    }),
  ),
});
const answer = z.object({
  now: instant,
  version: z.string(),
  rates: z.array(rateRow),
  offers: z.array(pricedOffer),
  pins: z.array(pinOutput),
});

/**
 * What a model cost at an instant, as known at an instant: what counts (`effective`), and what every source says beside it,
 * in the order of rank. The model's id is exact; nothing is matched by prefix. A seller may be named in any spelling. Throws
 * `NOT_FOUND` when nothing had a price of it, with the ids that may have been meant.
 */
export async function getPrice(db: Db, asked: GetPriceInput): Promise<GetPriceResult> {
  const seller = asked.seller === undefined ? undefined : (await readSellers(db)).identityOf(asked.seller);
  const variant = asked.variant === undefined ? undefined : canonicalVariant(asked.variant);
  const input = { ...asked, seller, variant };
  const { at, knownAt } = input;
  const version = knownAt === undefined ? undefined : versionAt(knownAt);
  const [row] = await db.execute(sql`
    with rate_rows as (
      select r.seller, r.model, r.variant, r.state, r.charges, to_json(r.valid_from) #>> '{}' as "validFrom", r.cause,
        r.version_from::text as version, ${STATED_FACTS} as facts, ${originsOf} as origins
      from (${ratesOf(input, version)}) r where ${isOfSource(input)}),
    offers as (${offersAt(input)}),
    pins as (
      select n.id::text, n.seller, n.model, n.variant, n.meter, n.state, n.charges, n.reason, n.set_by as "setBy",
        n.set_at as "setAt", n.expires_at as "expiresAt"
      from (${pinsAt(input, filtersOf(input, sql`n`))}) n order by n.seller, n.variant, n.meter nulls first)
    select to_json(clock_timestamp()) #>> '{}' as now, (${version ?? versionAt(undefined)})::text as version,
      (select coalesce(json_agg(rate_rows), '[]') from rate_rows) as rates,
      (select coalesce(json_agg(offers), '[]') from offers) as offers,
      (select coalesce(json_agg(pins), '[]') from pins) as pins`);
  const { now, rates, ...found } = answer.parse(row);
  if (rates.length === 0 && found.offers.length === 0 && found.pins.length === 0)
    throw new AppError("NOT_FOUND", describeAbsence(asked, describeSuggestions(await suggestModels(db, input))));
  return { ...found, effective: rates.map((rate) => describeRate(rate, at ?? now)) };
}

function ratesOf(input: GetPriceInput, version: SQL | undefined): SQL {
  const { at, model } = input;
  const filters = filtersOf(input, sql`r`);
  if (at === undefined && version === undefined) return presentRates({}, filters);
  return ratesAt({ at, version }, { within: [sql`r.model = ${model}`], filters });
}

function filtersOf({ model, seller, variant }: GetPriceInput, table: SQL): SQL[] {
  const filters = [sql`${table}.model = ${model}`];
  if (seller !== undefined) filters.push(sql`${table}.seller = ${seller}`);
  if (variant !== undefined) filters.push(sql`${table}.variant = ${variant}`);
  return filters;
}

/** A rate stands beside the offers of one source when that source lists it at all. */
function isOfSource({ source }: GetPriceInput): SQL {
  if (source === undefined) return sql`true`;
  return sql`exists (select from model_pricing m where m.source = ${source}
    and (m.model, m.seller, m.variant) = (r.model, r.seller, r.variant))`;
}

/** The origins of a rate `r` with what stands behind each: the history's row, or the pin. */
const originsOf = sql`(
  select coalesce(json_agg(json_build_object('meters', o -> 'meters', 'isFilled', coalesce((o ->> 'isFilled')::boolean, false),
      'source', coalesce(o ->> 'source', 'pin'), 'observedAt', coalesce(h.observed_at, n.set_at), 'jobId', h.job_id,
      'payloadDigest', h.payload_digest, 'pinnedBy', n.set_by) order by place), '[]')
  from jsonb_array_elements(r.origins) with ordinality as origin(o, place)
    left join model_pricing_history h on h.id = (o ->> 'historyId')::bigint
    left join price_pins n on n.id = (o ->> 'pinId')::bigint)`;

/** What each listing said at an instant, as known at an instant. */
function offersAt(input: GetPriceInput): SQL {
  const { at, knownAt, source } = input;
  const filters = filtersOf(input, sql`p`);
  if (source !== undefined) filters.push(sql`p.source = ${source}`);
  const known =
    knownAt === undefined
      ? sql`h.withdrawn_at is null`
      : sql`h.observed_at <= ${instantOf(knownAt)} and ${wasReadBy(instantOf(knownAt))}
        and (h.withdrawn_at is null or h.withdrawn_at > ${instantOf(knownAt)})`;
  // The present book points at what stands now; only questions about the past look through the history.
  const isPresent = at === undefined && knownAt === undefined ? sql`p.delisted_at is null` : sql`false`;
  return sql`
    select p.source, p.seller, p.model, p.variant, h.state, h.charges, h.discount,
      to_json(h.effective_at) #>> '{}' as "effectiveAt",
      json_build_object('jobId', h.job_id, 'payloadDigest', h.payload_digest, 'observedAt', h.observed_at,
        'cause', h.cause) as provenance,
      json_build_object('id', p.listing, 'listedAs', p.listed_as, 'derivedFrom', p.derived_from,
        'missedPayloads', p.missed_payloads, 'missingSince', p.missing_since, 'staleSince', p.stale_since,
        'delistedAt', p.delisted_at, 'heldBy', ${heldBy(sql`p`)}) as listing
    from model_pricing p cross join lateral (
      (select h.* from model_pricing_history h where ${isPresent} and h.id = p.history_id)
      union all
      (select h.* from model_pricing_history h
        where not (${isPresent}) and (h.model, h.seller, h.variant, h.source, h.listing)
          = (p.model, p.seller, p.variant, p.source, p.listing) and h.effective_at <= ${instantOf(at)} and ${known}
        order by h.effective_at desc nulls last, h.observed_at desc, h.id desc limit 1)) h
    where ${sql.join(filters, sql` and `)}
    order by source_rank(p.source), p.source, p.seller, p.variant <> 'default', p.variant, p.listing`;
}

/** A payload of an archive was observed long before the book came to know it. */
const wasReadBy = (instant: SQL) => sql`not exists (
  select from pricing_sync_jobs j where j.job_id = h.job_id and j.kind = 'backfill' and j.started_at > ${instant})`;

function describeRate({ charges, origins, facts, ...rate }: z.infer<typeof rateRow>, at: string): EffectivePrice {
  const active = new Set(activeCharges(trustCharges(charges), at));
  return {
    ...rate,
    facts: foldFacts(facts),
    charges: charges.map((charge) => {
      const origin =
        origins.find(({ meters }) => meters?.includes(charge.meter)) ?? origins.find(({ meters }) => meters === null);
      if (origin === undefined)
        throw new Error(`the rate of ${rate.model} at ${rate.seller} has a charge without an origin`);
      const { meters: _, ...from } = origin;
      return { ...charge, ...from, isActive: active.has(charge as Charge) };
    }),
  };
}

/** The book's own charges: their amounts were parsed exactly before they were written. */
export function trustCharges(charges: readonly z.infer<typeof chargeOutput>[]): readonly Charge[] {
  return charges as readonly Charge[];
}

function describeAbsence({ model, seller, source, variant, at }: GetPriceInput, suggested: string): string {
  const where = [
    seller && `at seller "${seller}"`,
    source && `in source "${source}"`,
    variant && `in variant "${variant}"`,
  ].filter(Boolean);
  const when = at === undefined ? "" : ` at ${at}`;
  const hint = suggested === "" ? "Ids are exact; search for it in the list of prices" : `Ids are exact. ${suggested}`;
  return `No price of "${model}" is known${where.length > 0 ? ` ${where.join(" ")}` : ""}${when}. ${hint}`;
}
