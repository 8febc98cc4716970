import { expect, test } from "vitest";
import { decimal } from "#/price/decimal.ts";
import { compareSheets } from "#/ui/prices/compare-prices.model.ts";

const charge = (meter: "input" | "output", amount: string) => ({
  meter,
  unit: "token" as const,
  amount: decimal(amount),
});

test("sheets are put side by side line by line, and a line that a sheet lacks stays empty", () => {
  const tiered = { ...charge("input", "0.000006"), tier: { above: 200_000 } };
  const lines = compareSheets([
    [charge("output", "0.000015"), charge("input", "0.000003"), tiered],
    [charge("input", "0.0000025")],
  ]);
  expect(lines.map(({ name, per, prices }) => [name, per, ...prices])).toEqual([
    ["Input", "1M tokens", "$3.00", "$2.50"],
    ["Input above 200,000 prompt tokens", "1M tokens", "$6.00", undefined],
    ["Output", "1M tokens", "$15.00", undefined],
  ]);
});
