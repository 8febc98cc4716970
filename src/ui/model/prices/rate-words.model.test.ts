import { expect, test } from "vitest";
import { noPriceWords, originWords } from "#/ui/model/prices/rate-words.model.ts";

const from = (meter: "input" | "output" | "cache_read", source: string, more = {}) => ({
  meter,
  source,
  pinnedBy: null,
  isFilled: false,
  ...more,
});

test("the origin of a price names its source, what was filled from another, and what is pinned", () => {
  expect(originWords({ charges: [from("input", "litellm"), from("output", "litellm")] })).toBe("From litellm");
  expect(
    originWords({
      charges: [
        from("input", "pin", { pinnedBy: "ann" }),
        from("output", "litellm"),
        from("cache_read", "models-dev", { isFilled: true }),
      ],
    }),
  ).toBe("From litellm; cache read from models-dev; input pinned");
  expect(originWords({ charges: [from("input", "pin", { pinnedBy: "ann" })] })).toBe("Pinned by ann");
  expect(originWords({ charges: [] })).toBe("");
});

test("a price without an amount says why, and never that it is 0", () => {
  expect(noPriceWords({ state: "unknown", cause: "delist" })).toMatch(/^Delisted/);
  expect(noPriceWords({ state: "unknown", cause: "sync" })).toMatch(/^Unknown/);
  expect(noPriceWords({ state: "varies", cause: "sync" })).toMatch(/^Varies/);
});
