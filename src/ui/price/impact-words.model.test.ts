import { expect, test } from "vitest";
import { totalImpactWords, impactWords } from "#/ui/price/impact-words.model.ts";

test.each([
  ["10000", "$10,000.00 more a month"],
  ["-500.005", "$500.01 less a month"],
  ["0.0000001", "under $0.01 more a month"],
  ["0", "the same cost a month"],
])("an impact of %s USD is said as %j", (impact, words) => expect(impactWords(impact)).toBe(words));

test("impacts are added up, those that nobody knows left out", () => {
  const impacts = (...all: (string | null)[]) =>
    totalImpactWords(all.map((monthlyImpactUsd) => ({ monthlyImpactUsd })));
  expect(impacts("10", "-4", null)).toBe("By the recorded usage: $6.00 more a month");
  expect(impacts(null)).toBeUndefined();
});
