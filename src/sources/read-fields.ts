import { findBaseAmount, type Charge } from "#/price/charge.ts";
import type { Discount, OfferKey } from "#/price/offer.ts";
import type { UnitDeclaration } from "#/sources/adapter.ts";
import { hasPaidCharge, type EntryDraft, type Faults } from "#/sources/entry-draft.ts";
import { isAbsent, isObject, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import type { ReadFacts } from "#/sources/read-facts.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";
import type { OfferState } from "#/terms/offer.ts";

/** Declared fields by their name. */
export type Declared = ReadonlyMap<string, UnitDeclaration>;

export function declare(units: readonly UnitDeclaration[]): Declared {
  return new Map(units.map((unit) => [unit.field, unit]));
}

/** `pricing` of an entry as an object; absent is an object without prices, anything else fails the entry. */
export function readPricing(draft: EntryDraft, value: unknown, path: string): PayloadObject {
  if (isObject(value)) return value;
  if (!isAbsent(value)) draft.fail(path, "schema", `not an object: ${showValue(value)}`, value);
  return {};
}

/** Charges every declared field of an object, and refuses what nobody declared; `ignored` are no prices. */
export function readDeclared(
  draft: EntryDraft,
  prices: PayloadObject,
  declared: Declared,
  { path, ignored = [] }: { path?: string; ignored?: readonly string[] } = {},
): void {
  const prefix = path === undefined ? "" : `${path}.`;
  for (const [field, value] of Object.entries(prices)) {
    const declaration = declared.get(field);
    if (declaration !== undefined) draft.charge(`${prefix}${field}`, value, declaration);
    else if (!ignored.includes(field) && !isAbsent(value))
      draft.refuse(`${prefix}${field}`, `undeclared price field: ${showValue(value)}`, value);
  }
}

type Read = Readonly<{ variants: ReadonlyMap<string, readonly Charge[]>; faults: Faults }>;
type More = Readonly<{ isZeroFree?: boolean; discount?: Discount | undefined }> & ReadFacts;

/** Offers what a draft came to as the default variant. Without anything above 0 it is unknown, or free where 0 is a price. */
export function offerDefault(
  sheet: SheetDraft,
  key: Omit<OfferKey, "variant"> & { listing: string },
  { variants, faults }: Read,
  { isZeroFree = false, discount, facts }: More = {},
): void {
  const charges = variants.get("default") ?? [];
  const state = stateOf(charges, isZeroFree);
  sheet.offer({
    ...key,
    variant: "default",
    state,
    charges: state === "unknown" ? [] : charges,
    ...(discount === undefined || state === "unknown" ? {} : { discount }),
    ...(facts === undefined ? {} : { facts }),
    ...faults,
  });
}

function stateOf(charges: readonly Charge[], isZeroFree: boolean): OfferState {
  if (hasPaidCharge(charges)) return "priced";
  const isZero = findBaseAmount(charges, "input") === "0" && findBaseAmount(charges, "output") === "0";
  return isZero && isZeroFree ? "free" : "unknown";
}

export const UNKNOWN_AT_ZERO =
  "An offer with nothing above 0 is unknown, never free: 0 stands for no data as well. A 0 beside a price above 0 is a price.";
