import createBig from "big.js";

/**
 * An exact decimal in canonical text: no exponent, no leading `+`, no trailing zeros (`"0.0000005"`).
 * Two amounts are equal exactly when their texts are.
 */
export type Decimal = string & { readonly __brand: "Decimal" };

// Strict mode refuses floats at run time, so money can never enter through one.
const Big = createBig();
Big.strict = true;
Big.DP = 40;

const NUMBER_TEXT = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const LONGEST_TEXT = 80;

function canonical(value: createBig.Big): Decimal {
  return (value.eq("0") ? "0" : value.toFixed()) as Decimal;
}

/** Reads JSON number text or a decimal string, exactly; `undefined` when it is not a finite decimal. */
export function parseDecimal(text: string): Decimal | undefined {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST_TEXT || !NUMBER_TEXT.test(trimmed)) return undefined;
  return canonical(Big(trimmed));
}

/** A decimal that the code itself writes down; throws on anything else. */
export function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw new TypeError(`not a decimal: ${text}`);
  return parsed;
}

/** Rounds float junk such as `0.00000012500000000000002` to a number of significant digits (half up). */
export function roundSignificant(value: Decimal, digits: number): Decimal {
  return value === "0" ? value : canonical(Big(value).prec(digits, Big.roundHalfUp));
}

/** Rounds to a number of places after the point (half up), for amounts of money that people read. */
export function roundPlaces(value: Decimal, places: number): Decimal {
  return canonical(Big(value).round(places, Big.roundHalfUp));
}

/** Moves the decimal point: `shiftPoint("0.15", -6)` is `"0.00000015"`. Exact. */
export function shiftPoint(value: Decimal, places: number): Decimal {
  return canonical(Big(value).times(`1e${places}`));
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return canonical(Big(a).times(b));
}

export function add(a: Decimal, b: Decimal): Decimal {
  return canonical(Big(a).plus(b));
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return canonical(Big(a).minus(b));
}

export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  return Big(a).cmp(b);
}

export function isNegative(value: Decimal): boolean {
  return value.startsWith("-");
}

/** The most places that an amount per unit may have after the point, and before it. No real price needs as many. */
export const AMOUNT_PLACES = 24;

/** Whether a decimal has more places than an amount per unit may have. It is refused, never cut. */
export function hasTooManyPlaces(value: Decimal): boolean {
  const [whole = "", fraction = ""] = value.split(".");
  return whole.length > AMOUNT_PLACES || fraction.length > AMOUNT_PLACES;
}

/** `a / b`, to a number of significant digits (half up). Throws when `b` is 0. */
export function divide(a: Decimal, b: Decimal, digits: number): Decimal {
  return roundSignificant(canonical(Big(a).div(b)), digits);
}

/** `current / previous`, to 6 significant digits, for showing a change; `undefined` when the previous value is 0. */
export function ratio(current: Decimal, previous: Decimal): Decimal | undefined {
  return previous === "0" ? undefined : divide(current, previous, 6);
}
