import { expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { pinLines, readPin, readTyped } from "#/ui/model/pin/pin-form.model.ts";

const charges: Charge[] = [
  { meter: "input", unit: "token", amount: decimal("0.0000025") },
  { meter: "output", unit: "token", amount: decimal("0.00001") },
  { meter: "web_search", unit: "search", amount: decimal("0.01") },
];

test("what is typed per 1M tokens is pinned per token, to the last digit, and what is per search stays", () => {
  const lines = pinLines(charges);
  expect(lines.map(({ text, per }) => `${text} per ${per}`)).toEqual([
    "2.5 per 1M tokens",
    "10 per 1M tokens",
    "0.01 per search",
  ]);
  expect(readPin(lines, { 0: "1.234567" }, undefined)?.map(({ amount }) => amount)).toEqual([
    "0.000001234567",
    "0.00001",
    "0.01",
  ]);
});

test("a pin of one meter carries that meter alone, and nothing is pinned while an amount is no price", () => {
  const lines = pinLines(charges);
  expect(readPin(lines, { 1: "9" }, "output")).toEqual([{ ...charges[1], amount: "0.000009" }]);
  expect(readPin(lines, { 1: "nine" }, "output")).toBeUndefined();
  expect([readTyped("-1", "search"), readTyped("", "search"), readTyped("$3", "search")]).toEqual([
    undefined,
    undefined,
    "3",
  ]);
});

test("an amount that is too fine for one token is no price to pin", () => {
  expect(readTyped("1e-18", "1M tokens")).toBe(`0.${"0".repeat(23)}1`);
  expect(readTyped("1e-19", "1M tokens")).toBeUndefined();
});
