import { expect, test } from "vitest";
import { activeCharges } from "#/price/active-charges.ts";
import type { Charge } from "#/price/charge.ts";
import { costImpact, sumImpacts } from "#/price/cost-impact.ts";
import { decimal } from "#/price/decimal.ts";
import type { Meter } from "#/terms/meter.ts";

const line = (meter: Meter, amount: string, more: Partial<Charge> = {}): Charge => ({
  meter,
  unit: "token",
  amount: decimal(amount),
  ...more,
});
test("the clock of the question decides which window counts, around midnight too", () => {
  const base = line("input", "2");
  const night = line("input", "1", { window: { from: "16:30", to: "00:30" } });
  const at = (time: string) => activeCharges([base, night], `2026-08-01T${time}:00Z`).map(({ amount }) => amount);
  expect(["16:29", "16:30", "23:59", "00:29", "00:30"].map(at)).toEqual([["2"], ["1"], ["1"], ["1"], ["2"]]);
});

test("a change is worth its difference times the month's usage, and nothing is invented where a price is missing", () => {
  const usage = [
    { meter: "input" as const, unitsPerMonth: decimal("1000000000") },
    { meter: "output" as const, unitsPerMonth: decimal("100000000") },
  ];
  const before = [line("input", "0.000003"), line("output", "0.000015")];
  expect(costImpact(usage, before, [line("input", "0.0000025"), line("output", "0.000015")])).toBe("-500");
  expect(costImpact(usage, before, [line("cache_read", "1")])).toBeUndefined();
  expect(costImpact([], before, before)).toBeUndefined();
});

test("impacts add up exactly, and without any known one there is no sum, not 0", () => {
  expect(sumImpacts(["0.1", null, "0.2", "-1"])).toBe("-0.7");
  expect(sumImpacts([null, null])).toBeNull();
});
