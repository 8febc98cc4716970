import { expect, test } from "vitest";
import { canonicalVariant, readVariant, tierOf, withCondition, writeVariant } from "#/price/variant.ts";

test.each([
  ["default", "default"],
  ["batch", "batch"],
  ["region=eu", "region=eu"],
  ["speed=fast+region=eu", "region=eu+speed=fast"],
  ["region=eu+batch", "batch+region=eu"],
  ["default+region=eu", "region=eu"],
  ["fast", "speed=fast"],
  ["ultrafast", "speed=ultrafast"],
  [" flex ", "flex"],
  ["", "default"],
])("%j has the one text %j", (text, canonical) => {
  expect(canonicalVariant(text)).toBe(canonical);
  expect(writeVariant(readVariant(canonical))).toBe(canonical);
});

test("a condition is added in its place, and the tier stays what it is", () => {
  expect(withCondition("default", "region", "eu")).toBe("region=eu");
  expect(withCondition("batch", "region", "eu")).toBe("batch+region=eu");
  expect(withCondition("region=us", "speed", "fast")).toBe("region=us+speed=fast");
  expect(withCondition("free", "endpoint", "a+b")).toBe("free+endpoint=a%2Bb");
  expect(["default", "batch+region=eu", "region=eu", "priority"].map(tierOf)).toEqual([
    "default",
    "batch",
    "default",
    "priority",
  ]);
});
