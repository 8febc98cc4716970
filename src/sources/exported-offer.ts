import type { Charge } from "#/price/charge.ts";
import type { OfferKey } from "#/price/offer.ts";

/**
 * A price that is in force, ready to be written in a source's shape. `listing` is that source's own id of it, and
 * `listedAs` how it spells the seller, if it lists it.
 */
export type ExportedOffer = OfferKey &
  Readonly<{ charges: readonly Charge[]; listing: string | undefined; listedAs?: string | undefined }>;

/** `omitted` counts the charges that the shape has no field for. */
export type ExportedDocument = Readonly<{ text: string; omitted: number }>;
