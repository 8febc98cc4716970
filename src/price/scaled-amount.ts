import type { Decimal } from "#/price/decimal.ts";

/** An amount as a whole number of 10^-30 USD: exact for every amount that is let in, and quick to compare. */
export type Scaled = bigint;

const PLACES = 30;
const POWERS = Array.from({ length: PLACES + 1 }, (_, power) => 10n ** BigInt(power));

/** Cuts what lies beyond 10^-30; an amount above 0 never becomes 0, however small it is. */
export function scaleAmount(amount: Decimal): Scaled {
  const point = amount.indexOf(".");
  const whole = point === -1 ? amount : amount.slice(0, point);
  const fraction = point === -1 ? "" : amount.slice(point + 1, point + 1 + PLACES);
  // Prices of a token are below one dollar: their digits are read without the 0 in front.
  const scaled = BigInt(whole === "0" ? fraction : whole + fraction) * (POWERS[PLACES - fraction.length] ?? 1n);
  return scaled === 0n && amount !== "0" ? 1n : scaled;
}

/** A bound on a ratio, in ten-thousandths. */
export type Ratio = bigint;
const ONE = 10_000n;

export function ratioOf(value: number): Ratio {
  return BigInt(Math.round(value * Number(ONE)));
}

/** Whether `a / b` is above `ratio`. */
export function isAbove(a: Scaled, b: Scaled, ratio: Ratio): boolean {
  return a * ONE > b * ratio;
}

/** Whether `a / b` is below `ratio`. */
export function isBelow(a: Scaled, b: Scaled, ratio: Ratio): boolean {
  return a * ONE < b * ratio;
}

/** Whether two amounts above 0 are apart by less than `ratio`, whichever is the larger. Quicker than their distance. */
export function isWithin(a: Scaled, b: Scaled, ratio: Ratio): boolean {
  return a > b ? a * ONE < b * ratio : b * ONE < a * ratio;
}

/** How far two amounts above 0 are apart, as the larger over the smaller in ten-thousandths. */
export function distance(a: Scaled, b: Scaled): Ratio {
  return a > b ? (a * ONE) / b : (b * ONE) / a;
}

/** For words: `12.3`. */
export function showRatio(ratio: Ratio): string {
  const text = (Number(ratio) / Number(ONE)).toPrecision(3);
  return text.includes("e") ? Number(text).toLocaleString("en") : String(Number(text));
}
