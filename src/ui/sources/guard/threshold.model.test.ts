import { expect, test } from "vitest";
import { listThresholds, readThresholds, thresholdWords } from "#/ui/sources/guard/threshold.model.ts";

const RULES = { jumpUp: 5, outputOverInput: [0.9, 20], vanish: { sellerShare: 0.2 } };

test("thresholds are lines of a form and back", () => {
  const lines = listThresholds(RULES);
  expect(lines).toEqual([
    { name: "jumpUp", value: "5" },
    { name: "outputOverInput", value: "0.9, 20" },
    { name: "vanish.sellerShare", value: "0.2" },
  ]);
  expect(readThresholds(lines)).toEqual(RULES);
});

test("a threshold that is no number is none, never 0", () => {
  expect(readThresholds([{ name: "jumpUp", value: "" }])).toBeUndefined();
  expect(readThresholds([{ name: "outputOverInput", value: "0.9," }])).toBeUndefined();
  expect(readThresholds([{ name: "jumpUp", value: "five" }])).toBeUndefined();
});

test("thresholds are named in words", () => {
  expect(thresholdWords("vanish.sellerShare")).toBe("vanish: seller share");
});
