import fc from "fast-check";
import { LosslessNumber } from "lossless-json";
import { expect, test } from "vitest";
import { decimal, shiftPoint } from "#/price/decimal.ts";
import { readAmount } from "#/sources/read-amount.ts";

const number = (text: string) => new LosslessNumber(text);

test("a number and a text of the same amount are the same price, in any spelling", () => {
  for (const value of [number("5e-07"), number("0.00000050"), "0.0000005", " 5E-7 "])
    expect(readAmount(value, { usdPer: 1 })).toEqual({ ok: true, amount: "0.0000005", rounded: false });
});

test("an amount per million or per thousand becomes an amount per one", () => {
  expect(readAmount(number("2.5"), { usdPer: 1_000_000 })).toMatchObject({ amount: "0.0000025" });
  expect(readAmount(number("2.5"), { usdPer: 1000 })).toMatchObject({ amount: "0.0025" });
});

test("float junk is rounded to 12 digits and said to be", () => {
  expect(readAmount("0.00000012500000000000002", { usdPer: 1 })).toEqual({
    ok: true,
    amount: "0.000000125",
    rounded: true,
  });
});

test.each([
  ["free", "not_a_number"],
  ["", "not_a_number"],
  ["$3", "not_a_number"],
  ["1,5", "not_a_number"],
  [number("1e999999"), "not_a_number"],
  [number("-0.1"), "negative"],
  ["-1", "negative"],
  [true, "schema"],
  [{ toString: 1 }, "schema"],
  [[], "schema"],
])("%o is refused as %s", (value, reason) =>
  expect(readAmount(value, { usdPer: 1 })).toMatchObject({ ok: false, reason }),
);

test("an amount with more than 24 places, after the point or before it, is refused, never cut", () => {
  expect(readAmount("1e-24", { usdPer: 1 })).toMatchObject({ ok: true, amount: `0.${"0".repeat(23)}1` });
  for (const text of ["1e-25", "1e-31", "1.5e-24", "9e-300", "1e24", "1e90"])
    expect(readAmount(text, { usdPer: 1 })).toEqual({
      ok: false,
      reason: "not_a_number",
      detail: `more than 24 places: ${text}`,
    });
  expect(readAmount("1e-19", { usdPer: 1_000_000 })).toMatchObject({ ok: false, reason: "not_a_number" });
  expect(readAmount("1e-23", { usdPer: 1, usdExponent: -2 })).toMatchObject({ ok: false, reason: "not_a_number" });
});

test("float junk is rounded before the places are counted", () => {
  expect(readAmount("0.00000012500000000000000000000002", { usdPer: 1 })).toMatchObject({ amount: "0.000000125" });
});

test("the detail of a refusal is short and storable", () => {
  const reading = readAmount(`\u0000\ud800${"x".repeat(5000)}`, { usdPer: 1 });
  expect(!reading.ok && reading.detail.length).toBe(60);
  expect(!reading.ok && /\p{Cc}/u.test(reading.detail)).toBe(false);
  expect(!reading.ok && reading.detail.isWellFormed()).toBe(true);
});

test("up to 12 digits, an amount is exact", () => {
  const digits = fc.bigInt({ min: 0n, max: 10n ** 12n - 1n });
  fc.assert(
    fc.property(digits, fc.integer({ min: -18, max: 6 }), (whole, exponent) => {
      const text = `${whole}e${exponent}`;
      expect(readAmount(number(text), { usdPer: 1_000_000 })).toEqual({
        ok: true,
        amount: shiftPoint(decimal(text), -6),
        rounded: false,
      });
    }),
  );
});
