import { expect, test } from "vitest";
import { impactBySource, impactWords } from "#/ui/price/impact-words.model.ts";

test.each([
  ["10000", "$10,000.00 more a month"],
  ["-500.005", "$500.01 less a month"],
  ["0.0000001", "under $0.01 more a month"],
  ["0", "the same cost a month"],
])("an impact of %s USD is said as %j", (impact, words) => expect(impactWords(impact)).toBe(words));

test("impacts are added up per source, never across sources that report the same change", () => {
  const impact = (source: string, monthlyImpactUsd: string | null) => ({ source, monthlyImpactUsd });
  expect(impactBySource([impact("a", "10"), impact("b", "10"), impact("a", "-4"), impact("c", null)])).toBe(
    "By the recorded usage: a $6.00 more a month, b $10.00 more a month",
  );
  expect(impactBySource([impact("c", null)])).toBeUndefined();
});
