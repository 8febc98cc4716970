import { LosslessNumber } from "lossless-json";
import type { Decimal } from "#/price/decimal.ts";

/** Digits around the point: `"0.0000025"` is `["25", -6]`, read as 2.5 × 10^-6. */
function scientific(value: Decimal): { digits: string; exponent: number } {
  const [whole = "", fraction = ""] = value.replace("-", "").split(".");
  const all = whole + fraction;
  const digits = all.replace(/^0+/, "");
  return { digits: digits.replace(/0+$/, ""), exponent: whole.length - 1 - (all.length - digits.length) };
}

/**
 * Spells a decimal as Python's `repr(float)` does, which is how LiteLLM's file is written: `2.5e-06`, `0.00012`, `3.0`.
 * The digits are the decimal's own; no float is involved.
 */
export function pythonNumberText(value: Decimal): string {
  if (value === "0") return "0.0";
  const { digits, exponent } = scientific(value);
  if (exponent >= -4) return value.includes(".") ? value : `${value}.0`;
  const mantissa = digits.length > 1 ? `${digits.charAt(0)}.${digits.slice(1)}` : digits;
  return `${value.startsWith("-") ? "-" : ""}${mantissa}e-${String(-exponent).padStart(2, "0")}`;
}

/** A JSON number spelled as Python spells it. */
export function pythonNumber(value: Decimal): LosslessNumber {
  return new LosslessNumber(pythonNumberText(value));
}

/** A JSON number without an exponent. */
export function plainNumber(value: Decimal): LosslessNumber {
  return new LosslessNumber(value);
}
