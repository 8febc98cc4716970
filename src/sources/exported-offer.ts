import type { Charge } from "#/price/charge.ts";
import type { OfferKey } from "#/price/offer.ts";

/** A price that is in force, ready to be written in a source's shape. `listing` is that source's own id of it, if it has one. */
export type ExportedOffer = OfferKey & Readonly<{ charges: readonly Charge[]; listing: string | undefined }>;

/** `omitted` counts the charges that the shape has no field for. */
export type ExportedDocument = Readonly<{ text: string; omitted: number }>;
