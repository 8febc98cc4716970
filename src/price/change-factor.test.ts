import fc from "fast-check";
import { expect, test } from "vitest";
import { changeFactor } from "#/price/change-factor.ts";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";

const sheet = (input: string, output = "0.000004"): Charge[] => [
  { meter: "input", unit: "token", amount: decimal(input) },
  { meter: "output", unit: "token", amount: decimal(output) },
];

test.each([
  ["the line that moved most counts", sheet("0.000001"), sheet("0.000002", "0.00004"), 10],
  ["down is as large as up", sheet("0.000001"), sheet("0.0000001"), 10],
  ["to zero is beyond any factor", sheet("0.000001"), sheet("0"), Number.POSITIVE_INFINITY],
  ["from zero is beyond any factor", sheet("0"), sheet("0.000001"), Number.POSITIVE_INFINITY],
  ["gone is beyond any factor", sheet("0.000001"), [], Number.POSITIVE_INFINITY],
  ["a first price is compared with nothing", [], sheet("0.000001"), 0],
  ["the same is no change", sheet("0.000001"), sheet("0.000001"), 1],
  ["a line that only one side has is no factor", sheet("0.000001"), sheet("0.000001").slice(0, 1), 1],
])("%s", (_rule, before, after, factor) => {
  expect(changeFactor(before, after)).toBe(factor);
});

test("a change and the way back are equally large", () => {
  const amount = fc.integer({ min: 1, max: 1_000_000 }).map((n) => `0.${String(n).padStart(9, "0")}`);
  fc.assert(
    fc.property(amount, amount, (a, b) => {
      expect(changeFactor(sheet(a), sheet(b))).toBe(changeFactor(sheet(b), sheet(a)));
    }),
  );
});
