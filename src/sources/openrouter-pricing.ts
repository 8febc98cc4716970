import { isLosslessNumber } from "lossless-json";
import { findBaseAmount, type Charge } from "#/price/charge.ts";
import { compareDecimals, decimal, divide, isNegative, parseDecimal, subtract, type Decimal } from "#/price/decimal.ts";
import type { OfferKey } from "#/price/offer.ts";
import { writeTier } from "#/price/variant.ts";
import type { UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, hasPaidCharge, type EntryDraft } from "#/sources/entry-draft.ts";
import { isAbsent, isObject, readWhole, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import type { ReadFacts } from "#/sources/read-facts.ts";
import { declare } from "#/sources/read-fields.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";
import type { OfferState } from "#/terms/offer.ts";

/**
 * USD per one unit. `image` is per image *token*: in the captures of 2026-05-15 and 2026-08-01 all 35 `image` amounts
 * equal their model's `prompt` amount, though older documents call it a price per image.
 */
export const OPENROUTER_UNITS: readonly UnitDeclaration[] = [
  { field: "prompt", meter: "input", unit: "token", usdPer: 1 },
  { field: "completion", meter: "output", unit: "token", usdPer: 1 },
  { field: "input_cache_read", meter: "cache_read", unit: "token", usdPer: 1 },
  { field: "input_cache_write", meter: "cache_write", unit: "token", usdPer: 1 },
  { field: "input_cache_write_1h", meter: "cache_write_1h", unit: "token", usdPer: 1 },
  { field: "internal_reasoning", meter: "reasoning", unit: "token", usdPer: 1 },
  { field: "audio", meter: "input_audio", unit: "token", usdPer: 1 },
  { field: "audio_output", meter: "output_audio", unit: "token", usdPer: 1 },
  { field: "input_audio_cache", meter: "cache_read_audio", unit: "token", usdPer: 1 },
  { field: "image", meter: "input_image", unit: "token", usdPer: 1 },
  { field: "image_output", meter: "output_image", unit: "token", usdPer: 1 },
  { field: "web_search", meter: "web_search", unit: "search", usdPer: 1 },
  { field: "request", meter: "request", unit: "request", usdPer: 1 },
];
const DECLARED = declare(OPENROUTER_UNITS);
const ONE = decimal("1");

/** `discount` says what was already taken off; it is no price of its own. */
const NOT_PRICES: ReadonlySet<string> = new Set(["discount", "overrides"]);

/** `vendor/model:free` is the variant `free` of `vendor/model`. */
export function splitVariant(id: string): { model: string; variant: string } {
  const colon = id.lastIndexOf(":");
  return colon < 0
    ? { model: id, variant: "default" }
    : { model: id.slice(0, colon), variant: writeTier(id.slice(colon + 1)) };
}

type Priced = Readonly<{ pricing: PayloadObject; path: string; zeroIsPrice: boolean; isDiscounted?: true }> & ReadFacts;

/**
 * Offers what a `pricing` object says. `zeroIsPrice` says whether 0 for prompt and completion is free. With `isDiscounted`
 * its discount is kept apart: the price is what is left of the list price.
 */
export function offerPricing(
  sheet: SheetDraft,
  key: OfferKey & { listing: string },
  { pricing, path, zeroIsPrice, isDiscounted, facts }: Priced,
): void {
  const named = { ...key, ...(facts === undefined ? {} : { facts }) };
  if (isMinusOne(pricing["prompt"]) || isMinusOne(pricing["completion"]))
    return sheet.offer({ ...named, state: "varies", charges: [] });
  const draft = createEntryDraft(sheet, path);
  readPrices(draft, pricing);
  const share = isDiscounted ? readDiscount(draft, pricing["discount"]) : undefined;
  const { variants, faults } = draft.finish();
  const charges = variants.get("default") ?? [];
  const state = stateOf(charges, zeroIsPrice);
  const discount = share === undefined || state !== "priced" ? {} : { discount: { listCharges: undo(charges, share) } };
  sheet.offer({ ...named, state, charges: state === "unknown" ? [] : charges, ...discount, ...faults });
}

/** The share that was taken off, from 0 up to but not 1; absent when nothing was. */
function readDiscount(draft: EntryDraft, value: unknown): Decimal | undefined {
  if (isAbsent(value)) return undefined;
  const share = parseDecimal(showValue(value, 80));
  if (share !== undefined && !isNegative(share) && compareDecimals(share, ONE) < 0)
    return share === "0" ? undefined : share;
  draft.fail("discount", "not_a_number", `no share below 1: ${showValue(value)}`, value);
  return undefined;
}

/** list = price / (1 - discount), to 12 significant digits. */
function undo(charges: readonly Charge[], share: Decimal): Charge[] {
  const left = subtract(ONE, share);
  return charges.map((charge) => ({ ...charge, amount: divide(charge.amount, left, 12) }));
}

function isMinusOne(value: unknown): boolean {
  return (typeof value === "string" || isLosslessNumber(value)) && parseDecimal(value.toString()) === "-1";
}

function stateOf(charges: readonly Charge[], zeroIsPrice: boolean): OfferState {
  if (hasPaidCharge(charges)) return "priced";
  const isZero = findBaseAmount(charges, "input") === "0" && findBaseAmount(charges, "output") === "0";
  return isZero && zeroIsPrice ? "free" : "unknown";
}

/** Reads the prices of a `pricing` object, and those above a length. */
export function readPrices(draft: EntryDraft, pricing: PayloadObject): void {
  readBasePrices(draft, pricing);
  readOverrides(draft, pricing["overrides"]);
}

function readBasePrices(draft: EntryDraft, pricing: PayloadObject): void {
  for (const [field, value] of Object.entries(pricing)) {
    const declaration = DECLARED.get(field);
    if (declaration) draft.charge(field, value, declaration);
    else if (!NOT_PRICES.has(field) && !isAbsent(value))
      draft.refuse(field, `undeclared price field: ${showValue(value)}`, value);
  }
}

function readOverrides(draft: EntryDraft, overrides: unknown): void {
  if (isAbsent(overrides)) return;
  if (!Array.isArray(overrides))
    return draft.fail("overrides", "schema", `not a list: ${showValue(overrides)}`, overrides);
  const items: readonly unknown[] = overrides;
  for (const [index, override] of items.entries()) readOverride(draft, override, `overrides[${index}]`);
}

function readOverride(draft: EntryDraft, override: unknown, path: string): void {
  if (!isObject(override)) return draft.fail(path, "schema", `not an object: ${showValue(override)}`, override);
  const { min_prompt_tokens: above, ...prices } = override;
  if (isAbsent(above)) return draft.refuse(path, "an override without min_prompt_tokens");
  const strange = Object.keys(prices).find((key) => !DECLARED.has(key) && !NOT_PRICES.has(key));
  if (strange !== undefined) return draft.refuse(path, `an override that also depends on ${showValue(strange, 40)}`);
  const tokens = readWhole(above);
  if (tokens === undefined) return draft.fail(`${path}.min_prompt_tokens`, "schema", showValue(above));
  for (const [field, declaration] of DECLARED)
    draft.charge(`${path}.${field}`, prices[field], { ...declaration, tier: { above: tokens } });
}
