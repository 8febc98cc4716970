import { isLosslessNumber } from "lossless-json";
import {
  AMOUNT_PLACES,
  isNegative,
  hasTooManyPlaces,
  parseDecimal,
  roundSignificant,
  shiftPoint,
  type Decimal,
} from "#/price/decimal.ts";
import type { UnitDeclaration } from "#/sources/adapter.ts";
import { showValue } from "#/sources/payload-shape.ts";
import type { RejectReason } from "#/terms/offer.ts";

export type AmountReading =
  | Readonly<{ ok: true; amount: Decimal; rounded: boolean }>
  | Readonly<{ ok: false; reason: Extract<RejectReason, "not_a_number" | "negative" | "schema">; detail: string }>;

const SIGNIFICANT_DIGITS = 12;
const PLACES = { 1: 0, 1000: -3, 1_000_000: -6 } as const satisfies Record<UnitDeclaration["usdPer"], number>;

/** Reads one declared field as USD per ONE unit: exact, but for float junk past 12 digits. More than 24 places are refused. */
export function readAmount(
  value: unknown,
  { usdPer, usdExponent }: Pick<UnitDeclaration, "usdPer" | "usdExponent">,
): AmountReading {
  if (!isLosslessNumber(value) && typeof value !== "string")
    return { ok: false, reason: "schema", detail: `neither a number nor text: ${showValue(value)}` };
  const exact = parseDecimal(value.toString());
  if (exact === undefined) return { ok: false, reason: "not_a_number", detail: showValue(value) };
  if (isNegative(exact)) return { ok: false, reason: "negative", detail: showValue(value) };
  const kept = roundSignificant(exact, SIGNIFICANT_DIGITS);
  const amount = shiftPoint(kept, PLACES[usdPer] + (usdExponent ?? 0));
  if (hasTooManyPlaces(amount))
    return { ok: false, reason: "not_a_number", detail: `more than ${AMOUNT_PLACES} places: ${showValue(value)}` };
  return { ok: true, amount, rounded: kept !== exact };
}
