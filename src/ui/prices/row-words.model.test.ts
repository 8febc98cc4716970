import { expect, test } from "vitest";
import type { PriceRow } from "#/terms/price-table.ts";
import { apartWords, columnPrice, extraWords, fromWords, rowFromWords } from "#/ui/prices/row-words.model.ts";

test("a price says whom it is from", () => {
  expect([["litellm"], ["litellm", "pin"], []].map((from) => fromWords({ from }))).toEqual([
    "litellm",
    "litellm + pinned",
    "no source",
  ]);
  expect(rowFromWords({ from: [], flags: ["pinned"] })).toBe("pinned");
  expect(rowFromWords({ from: ["litellm"], flags: ["pinned", "held"] })).toBe("litellm + pinned");
  expect(rowFromWords({ from: [], flags: ["delisted"] })).toBe("no source");
});

test("a row says whether its sources agree", () => {
  expect(apartWords({ sources: ["a"], apart: null })).toBe("");
  expect(apartWords({ sources: ["a", "b"], apart: null })).toBe("2 sources agree");
  expect(apartWords({ sources: ["a", "b"], apart: "1.25" })).toBe("2 sources differ ×1.25");
  expect(apartWords({ sources: ["a", "b"], apart: "zero" })).toBe("2 sources differ, one says free");
});

const row = (more: Partial<PriceRow>): PriceRow => ({
  seller: "acme",
  model: "m",
  variant: "default",
  state: "priced",
  input: null,
  output: null,
  cacheRead: null,
  extras: [],
  sources: [],
  from: [],
  apart: null,
  validFromMs: null,
  flags: [],
  contextTokens: null,
  mode: null,
  sunsetOn: null,
  ...more,
});

test("a column shows what is charged per 1M tokens, and never a 0 for what is not known", () => {
  const input = { amount: "0.0000029876", unit: "token" as const };
  expect(columnPrice(row({ input }), "input").text).toBe("$2.9876");
  expect(columnPrice(row({ input }), "output").text).toBe("–");
  expect(columnPrice(row({ state: "unknown" }), "input").text).toBe("unknown");
  expect(columnPrice(row({ state: "free" }), "input").text).toBe("free");
  expect(columnPrice(row({ state: "free", extras: ["meters"] }), "input").text).toBe("–");
});

test("a row names what its columns leave out", () => {
  expect(extraWords({ extras: [] })).toBe("");
  expect(extraWords({ extras: ["tiers", "meters"] })).toBe("Also has tiers, other charges");
});
