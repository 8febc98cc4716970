import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareDecimals,
  decimal,
  multiply,
  parseDecimal,
  ratio,
  roundSignificant,
  shiftPoint,
} from "#/price/decimal.ts";

const number = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -30, max: 12 }))
  .map(([digits, exponent]) => `${digits}e${exponent}`);

test("one price in three spellings is one price", () => {
  expect(new Set(["5e-07", "0.0000005", "0.00000050", ".5E-6"].map(parseDecimal))).toEqual(new Set(["0.0000005"]));
});

test.each(["", " ", "NaN", "Infinity", "-", "1e9999", "0x10", "1_000", "1,5", "$3", "1".repeat(81), "--1"])(
  "%j is not a number",
  (text) => expect(parseDecimal(text)).toBeUndefined(),
);

test("negative zero is zero", () => expect(parseDecimal("-0.0")).toBe("0"));

test("reading a canonical decimal again changes nothing, and it has no exponent and no trailing zeros", () => {
  fc.assert(
    fc.property(number, (text) => {
      const value = decimal(text);
      expect(parseDecimal(value)).toBe(value);
      expect(value).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
    }),
  );
});

test("moving the point there and back is the identity, and equals multiplying by a power of ten", () => {
  fc.assert(
    fc.property(number, fc.integer({ min: -12, max: 12 }), (text, places) => {
      const value = decimal(text);
      expect(shiftPoint(shiftPoint(value, places), -places)).toBe(value);
      expect(shiftPoint(value, places)).toBe(multiply(value, decimal(`1e${places}`)));
    }),
  );
});

test("equal decimals have equal texts", () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(compareDecimals(decimal(a), decimal(b)) === 0).toBe(decimal(a) === decimal(b));
    }),
  );
});

test("float junk is rounded to 12 digits; a price of 12 digits or fewer stays as it is", () => {
  expect(roundSignificant(decimal("0.00000012500000000000002"), 12)).toBe("0.000000125");
  expect(roundSignificant(decimal("0.00000000000123456789012"), 12)).toBe("0.00000000000123456789012");
  expect(roundSignificant(decimal("0"), 12)).toBe("0");
});

test("a ratio to nothing is undefined, not infinite", () => {
  expect(ratio(decimal("3"), decimal("0"))).toBeUndefined();
  expect(ratio(decimal("1"), decimal("3"))).toBe("0.333333");
});
