import { expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import type { QuotableRate } from "#/price/quote.ts";
import { calculate, calculatorFields } from "#/ui/model/quote/calculator.model.ts";

const charges: readonly Charge[] = [
  { meter: "input", unit: "token", amount: decimal("0.000003") },
  { meter: "input", unit: "token", amount: decimal("0.000006"), tier: { above: 200_000 } },
  { meter: "output", unit: "token", amount: decimal("0.000015") },
  { meter: "input", unit: "second", amount: decimal("0.0001") },
  { meter: "web_search", unit: "search", amount: decimal("0.01") },
  { meter: "request", unit: "request", amount: decimal("0.001") },
];
const rate: QuotableRate = { seller: "acme", model: "m", variant: "default", state: "priced", charges };
const AT = "2026-08-01T12:00:00Z";

test("every priced meter and unit has one field, and the request itself has none", () => {
  expect(calculatorFields(charges)).toEqual([
    { key: "input", label: "Input, tokens", start: "1000" },
    { key: "output", label: "Output, tokens", start: "500" },
    { key: "input/second", label: "Input, seconds", start: "" },
    { key: "web_search", label: "Web search, searches", start: "" },
  ]);
});

test("a request and a thousand of them cost exactly what the sheet says, an empty field being nothing", () => {
  const typed = { input: "1,000", output: " 10 ", "input/second": "1.5", web_search: "" };
  expect(calculate(rate, typed, AT)).toMatchObject({ quote: { total: "0.0043" }, perThousand: "4.3" });
  expect(calculate(rate, { input: "200 001" }, AT)).toMatchObject({ quote: { total: "1.201006" } });
});

test("what is no number is said, and what has no price is never 0", () => {
  expect(calculate(rate, { input: "1", output: "many" }, AT)).toEqual({ outcome: "unreadable", key: "output" });
  const unknown = calculate({ ...rate, state: "unknown" }, { input: "1" }, AT);
  expect(unknown).toMatchObject({ quote: { total: null }, perThousand: null });
});
