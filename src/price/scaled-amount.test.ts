import fc from "fast-check";
import { expect, test } from "vitest";
import { decimal, shiftPoint } from "#/price/decimal.ts";
import { distance, isWithin, scaleAmount } from "#/price/scaled-amount.ts";

test.each([
  ["0", 0n],
  ["3", 3n * 10n ** 30n],
  ["12.5", 125n * 10n ** 29n],
  ["0.0000025", 25n * 10n ** 23n],
  [`0.${"0".repeat(29)}19`, 1n],
])("%s is %d times 10^-30", (text, scaled) => expect(scaleAmount(decimal(text))).toBe(scaled));

test("an amount above 0 is never scaled to 0, however small it is", () => {
  expect(scaleAmount(decimal("1e-30"))).toBe(1n);
  expect(scaleAmount(decimal("1e-31"))).toBe(1n);
  expect(scaleAmount(decimal("9e-300"))).toBe(1n);
});

test("an amount is scaled as its decimal point is moved", () => {
  const digits = fc.bigInt({ min: 0n, max: 10n ** 18n });
  fc.assert(
    fc.property(digits, fc.integer({ min: -12, max: 0 }), (number, places) => {
      const amount = decimal(`${number}e${places}`);
      expect(String(scaleAmount(amount))).toBe(shiftPoint(amount, 30));
    }),
  );
});

test("two amounts are within a ratio exactly when their distance is below it", () => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 6n });
  fc.assert(
    fc.property(amount, amount, fc.bigInt({ min: 10_000n, max: 200_000n }), (a, b, ratio) => {
      expect(isWithin(a, b, ratio)).toBe(distance(a, b) < ratio);
      expect(isWithin(a, b, distance(a, b))).toBe(false);
    }),
  );
});
