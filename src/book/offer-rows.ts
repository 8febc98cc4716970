import { sql, type SQL } from "drizzle-orm";
import { fingerprintOffer } from "#/price/fingerprint.ts";
import type { Arrival } from "#/book/plan-sheet.ts";

type Row = Readonly<{
  seller: string;
  model: string;
  variant: string;
  listing: string;
  listed_as: string;
  derived_from: string | undefined;
  state: string;
  charges: unknown;
  discount: unknown;
  fingerprint: string;
  before_state: string | undefined;
  before_charges: unknown;
  before_fingerprint: string | undefined;
  effective_from: string | null;
}>;

/** Arrivals as the book's columns; amounts stay text until Postgres reads them as numeric. */
export function asOfferRows(arrivals: readonly Arrival[]): Row[] {
  return arrivals.map(({ offer, before, effectiveFrom }) => ({
    seller: offer.seller,
    model: offer.model,
    variant: offer.variant,
    listing: offer.listing,
    listed_as: offer.listedAs,
    derived_from: offer.derivedFrom,
    state: offer.state,
    charges: offer.charges,
    discount: offer.discount,
    fingerprint: offer.fingerprint,
    before_state: before?.state,
    before_charges: before?.charges,
    before_fingerprint: before && fingerprintOffer(before),
    effective_from: effectiveFrom,
  }));
}

/** A query that answers the arrivals as rows, from one parameter whatever their number. */
export function offerRows(arrivals: readonly Arrival[]): SQL {
  return sql`select * from jsonb_to_recordset(${JSON.stringify(asOfferRows(arrivals))}::text::jsonb) as row(
    seller text, model text, variant text, listing text, listed_as text, derived_from text, state text, charges jsonb, discount jsonb, fingerprint text,
    before_state text, before_charges jsonb, before_fingerprint text, effective_from timestamptz)`;
}
