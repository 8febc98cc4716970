import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { bookAt, pinsAt, type AsOf } from "#/book/book-at.ts";
import { heldBy } from "#/book/open-holds.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { activeCharges } from "#/price/active-charges.ts";
import type { Charge } from "#/price/charge.ts";
import { OFFER_STATES, chargeOutput, discountOutput, offerShape } from "#/terms/offer.ts";
import { METERS } from "#/terms/meter.ts";
import { describeSuggestions, suggestModels } from "#/book/suggest-models.ts";
import { resolveEffective } from "#/price/resolve-effective.ts";

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

/** The price that counts for one seller, model and variant: pins first, then the sources in the order of trust. */
export const effectivePrice = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  state: z.enum(OFFER_STATES),
  charges: z.array(
    chargeOutput.extend({
      /** The source it was taken from, or `pin`. */
      source: z.string(),
      observedAt: instant,
      jobId: z.string().nullable(),
      payloadDigest: z.string().nullable(),
      pinnedBy: z.string().nullable(),
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

export type GetPriceResult = Readonly<{ offers: PricedOffer[]; pins: PinOutput[]; effective: EffectivePrice[] }>;

const answer = z.object({ now: instant, offers: z.array(pricedOffer), pins: z.array(pinOutput) });

/**
 * What a model cost at an instant, as known at an instant: what counts (`effective`), and what every source says, the most
 * trusted first. The model's id is exact; nothing is matched by prefix. Throws `NOT_FOUND` when nothing had a price of it, with
 * the ids that may have been meant.
 */
export async function getPrice(db: Db, input: GetPriceInput): Promise<GetPriceResult> {
  const offersWhere = filtersOf(input, (column) => sql.raw(`h.${column}`));
  if (input.source !== undefined) offersWhere.push(sql`h.source = ${input.source}`);
  const pinsWhere = filtersOf(input, (column) => sql.raw(`n.${column}`));
  const [row] = await db.execute(sql`
    with latest as (${bookAt(input, offersWhere)}),
    offers as (
      select l.source, l.seller, l.model, l.variant, l.state, l.charges, l.discount,
        to_json(l.effective_at) #>> '{}' as "effectiveAt",
        json_build_object('jobId', l.job_id, 'payloadDigest', l.payload_digest, 'observedAt', l.observed_at,
          'cause', l.cause) as provenance,
        json_build_object('id', p.listing, 'missedPayloads', p.missed_payloads, 'missingSince', p.missing_since,
          'staleSince', p.stale_since, 'delistedAt', p.delisted_at, 'heldBy', ${heldBy(sql`l`)}) as listing
      from latest l join model_pricing p using (source, seller, model, variant)
      left join sources s on s.name = l.source
      order by s.trust nulls last, s.last_success_at desc nulls last, l.source, l.seller, l.variant <> 'default', l.variant),
    pins as (
      select n.id::text, n.seller, n.model, n.variant, n.meter, n.state, n.charges, n.reason, n.set_by as "setBy",
        n.set_at as "setAt", n.expires_at as "expiresAt"
      from (${pinsAt(input, pinsWhere)}) n order by n.seller, n.variant, n.meter nulls first)
    select to_json(clock_timestamp()) #>> '{}' as now,
      (select coalesce(json_agg(offers), '[]') from offers) as offers,
      (select coalesce(json_agg(pins), '[]') from pins) as pins`);
  const { now, offers, pins } = answer.parse(row);
  if (offers.length === 0 && pins.length === 0)
    throw new AppError("NOT_FOUND", describeAbsence(input, describeSuggestions(await suggestModels(db, input))));
  return { offers, pins, effective: resolveAll(offers, pins, input.at ?? now) };
}

function filtersOf({ model, seller, variant }: GetPriceInput, column: (name: string) => SQL): SQL[] {
  const filters = [sql`${column("model")} = ${model}`];
  if (seller !== undefined) filters.push(sql`${column("seller")} = ${seller}`);
  if (variant !== undefined) filters.push(sql`${column("variant")} = ${variant}`);
  return filters;
}

function resolveAll(offers: readonly PricedOffer[], pins: readonly PinOutput[], at: string): EffectivePrice[] {
  const keys = new Map([...offers, ...pins].map((one) => [JSON.stringify([one.seller, one.variant]), one]));
  return [...keys.values()].map(({ seller, model, variant }) => {
    const isSame = (one: { seller: string; variant: string }) => one.seller === seller && one.variant === variant;
    return { seller, model, variant, ...resolveOne(offers.filter(isSame), pins.filter(isSame), at) };
  });
}

function resolveOne(offers: readonly PricedOffer[], pins: readonly PinOutput[], at: string) {
  const asks = offers.map((offer) => ({ state: offer.state, charges: trustCharges(offer.charges), offer }));
  const pinned = pins.map((pin) => ({ state: pin.state, charges: trustCharges(pin.charges), meter: pin.meter, pin }));
  const { state, charges } = resolveEffective(asks, pinned);
  const active = new Set(
    activeCharges(
      charges.map(({ charge }) => charge),
      at,
    ),
  );
  return {
    state,
    charges: charges.map(({ charge, from }) => ({
      ...charge,
      ...("pin" in from
        ? { source: "pin", observedAt: from.pin.setAt, jobId: null, payloadDigest: null, pinnedBy: from.pin.setBy }
        : {
            source: from.offer.source,
            observedAt: from.offer.provenance.observedAt,
            jobId: from.offer.provenance.jobId,
            payloadDigest: from.offer.provenance.payloadDigest,
            pinnedBy: null,
          }),
      isActive: active.has(charge),
    })),
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
