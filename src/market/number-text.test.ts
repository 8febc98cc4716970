import fc from "fast-check";
import { expect, test } from "vitest";
import { decimal, parseDecimal, shiftPoint } from "#/price/decimal.ts";
import { plainNumber, pythonNumberText } from "#/market/number-text.ts";

test.each([
  ["0", "0.0"],
  ["0.0000025", "2.5e-06"],
  ["0.000003", "3e-06"],
  ["0.00000000012", "1.2e-10"],
  ["0.000099", "9.9e-05"],
  ["0.0001", "0.0001"],
  ["0.035", "0.035"],
  ["1", "1.0"],
  ["10.5", "10.5"],
  ["-0.000003", "-3e-06"],
])("%s is spelled %s, as Python does", (value, text) => {
  expect(pythonNumberText(decimal(value))).toBe(text);
});

test("a spelled number reads back as exactly the decimal it came from", () => {
  const amounts = fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: -18, max: 4 }));
  fc.assert(
    fc.property(amounts, ([digits, places]) => {
      const value = shiftPoint(decimal(digits.toString()), places);
      expect(parseDecimal(pythonNumberText(value))).toBe(value);
      expect(parseDecimal(plainNumber(value).value)).toBe(value);
    }),
  );
});
