import fc from "fast-check";
import { expect, test } from "vitest";
import {
  canonicalVariant,
  conditionOf,
  OLDER_VARIANTS,
  readVariant,
  tierOf,
  withCondition,
  withoutCondition,
  withoutTier,
  writeTier,
  writeVariant,
} from "#/price/variant.ts";

test.each([
  ["default", "default"],
  ["batch", "batch"],
  ["region=eu", "region=eu"],
  ["speed=fast+region=eu", "region=eu+speed=fast"],
  ["region=eu+batch", "batch+region=eu"],
  ["default+region=eu", "region=eu"],
  ["BATCH+Region=EU", "batch+region=eu"],
  ["fast", "speed=fast"],
  ["Ultrafast", "speed=ultrafast"],
  ["fast+region=eu", "region=eu+speed=fast"],
  [" flex ", "flex"],
  [" region = eu + batch ", "batch+region=eu"],
  ["endpoint=acme/fp8+free", "free+endpoint=acme/fp8"],
  ["endpoint=a%2Bb", "endpoint=a%2bb"],
  ["note=a=b", "note=a%3db"],
  ["", "default"],
])("%j has the one text %j", (text, canonical) => {
  expect(canonicalVariant(text)).toBe(canonical);
  expect(canonicalVariant(canonical)).toBe(canonical);
});

test.each(["region=", "=eu", "region=eu+", "+", "free+batch", "region=eu+region=us", "fast+speed=slow", "re gion=eu"])(
  "%j is no variant",
  (text) => {
    expect(readVariant(text)).toBeUndefined();
    expect(canonicalVariant(text)).toBe(text);
  },
);

test("what is written is read again as the same, whatever the order of its parts", () => {
  const isWord = (text: string) => text === text.trim().toLowerCase() && text !== "" && !OLDER_VARIANTS.has(text);
  const word = fc.string({ maxLength: 12, unit: "grapheme" }).filter(isWord);
  const conditions = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/), word), {
    selector: ([key]) => key,
    maxLength: 4,
  });
  fc.assert(
    fc.property(word, conditions, (tier, pairs) => {
      const variant = { tier, conditions: new Map(pairs) };
      const text = writeVariant(variant);
      expect(readVariant(text)).toEqual(variant);
      expect(canonicalVariant(text.split("+").toReversed().join("+"))).toBe(text);
    }),
  );
});

test("a condition is added in its place and taken away again, and the tier stays what it is", () => {
  expect(withCondition("default", "region", "eu")).toBe("region=eu");
  expect(withCondition("batch", "region", "EU")).toBe("batch+region=eu");
  expect(withCondition("region=us", "speed", "fast")).toBe("region=us+speed=fast");
  expect(withCondition("region=us", "region", "eu")).toBe("region=eu");
  expect(withCondition("free", "endpoint", "a+b")).toBe("free+endpoint=a%2bb");
  expect(withoutCondition("batch+region=eu", "region")).toBe("batch");
  expect(withoutCondition("region=eu", "region")).toBe("default");
  expect(withoutCondition("region=eu+speed=fast", "region")).toBe("speed=fast");
  expect(["batch+region=eu", "batch", "region=eu"].map(withoutTier)).toEqual(["region=eu", "default", "region=eu"]);
});

test("a variant says its tier and its conditions; a text from before the rules is a tier of its own", () => {
  expect(["default", "batch+region=eu", "region=eu", "priority", "a+b"].map(tierOf)).toEqual([
    "default",
    "batch",
    "default",
    "priority",
    "a+b",
  ]);
  expect(conditionOf("batch+region=eu", "region")).toBe("eu");
  expect(conditionOf("batch", "region")).toBeUndefined();
});

test("a seller's own word never reads as a condition", () => {
  expect(writeTier("Free")).toBe("free");
  expect(readVariant(writeTier("a=b+c"))).toEqual({ tier: "a=b+c", conditions: new Map() });
});
