import { expect, test } from "vitest";
import type { PriceRow } from "#/terms/price-table.ts";
import { readFilters } from "#/ui/prices/model-filters.model.ts";
import { compareNames, filterPrices, searchedRow, sortPrices, type PriceSort } from "#/ui/prices/price-filter.model.ts";

const token = (amount: string) => ({ amount, unit: "token" as const });

function row(model: string, more: Partial<PriceRow> = {}): PriceRow {
  return {
    seller: "acme",
    model,
    variant: "default",
    state: "priced",
    input: token("0.000001"),
    output: null,
    cacheRead: null,
    extras: [],
    sources: ["catalog"],
    from: ["catalog"],
    apart: null,
    validFromMs: null,
    flags: [],
    contextTokens: null,
    mode: null,
    sunsetOn: null,
    ...more,
  };
}

const indexPrices = (rows: readonly PriceRow[]) => rows.toSorted(compareNames).map(searchedRow);
const filtered = (rows: readonly PriceRow[], query: string) =>
  filterPrices(indexPrices(rows), readFilters(new URLSearchParams(query))).rows.map(({ model }) => model);
const sorted = (rows: readonly PriceRow[], by: PriceSort, isDescending = false) =>
  sortPrices(indexPrices(rows), by, isDescending).map(({ row: { model } }) => model);

test("every word has to occur in the seller, the model or the variant, in any case", () => {
  const rows = [row("GPT-5"), row("gpt-5-mini", { seller: "Other", variant: "batch" })];
  expect(filtered(rows, "q=gpt")).toEqual(["GPT-5", "gpt-5-mini"]);
  expect(filtered(rows, "q=other+GPT")).toEqual(["gpt-5-mini"]);
  expect(filtered(rows, "q=acme+batch")).toEqual([]);
});

test.each([
  ["source=second", { sources: ["catalog", "second"] }],
  ["seller=other", { seller: "other" }],
  ["state=free", { state: "free" as const }],
  ["mark=stale", { flags: ["stale" as const] }],
  ["context=128000", { contextTokens: 128_000 }],
  ["mode=chat", { mode: "chat" }],
])("%s lets only its own prices through", (query, more) => {
  expect(filtered([row("a"), row("b", more)], query)).toEqual(["b"]);
});

test("a context below the least one is filtered out", () => {
  expect(filtered([row("a", { contextTokens: 127_999 })], "context=128000")).toEqual([]);
});

test("marks are counted under all filters except that of the mark", () => {
  const rows = [row("a", { flags: ["held", "stale"] }), row("b", { flags: ["held"] }), row("x", { state: "free" })];
  const { marks } = filterPrices(indexPrices(rows), readFilters(new URLSearchParams("mark=stale&state=priced")));
  expect(marks).toEqual({ held: 2, pinned: 0, stale: 1, missing: 0, delisted: 0, sunset: 0 });
});

test("amounts are sorted as exact decimals, however close they are", () => {
  const rows = [
    row("high", { input: token("0.10000000000000000002") }),
    row("ten", { input: token("10") }),
    row("low", { input: token("0.10000000000000000001") }),
    row("nine", { input: token("9") }),
  ];
  expect(sorted(rows, "input")).toEqual(["low", "high", "nine", "ten"]);
  expect(sorted(rows, "input", true)).toEqual(["ten", "nine", "high", "low"]);
});

test("a price that is not known comes last in both directions, and a free one counts as 0", () => {
  const rows = [
    row("unknown", { state: "unknown", input: null }),
    row("image", { input: { amount: "0.0000001", unit: "image" } }),
    row("paid"),
    row("free", { state: "free", input: null }),
  ];
  expect(sorted(rows, "input")).toEqual(["free", "paid", "image", "unknown"]);
  expect(sorted(rows, "input", true)).toEqual(["paid", "free", "image", "unknown"]);
});

test("a context or a start that nobody states comes last in both directions", () => {
  const rows = [
    row("none"),
    row("two", { contextTokens: 2, validFromMs: 2 }),
    row("one", { contextTokens: 1, validFromMs: 1 }),
  ];
  for (const by of ["context", "since"] as const) {
    expect(sorted(rows, by)).toEqual(["one", "two", "none"]);
    expect(sorted(rows, by, true)).toEqual(["two", "one", "none"]);
  }
});

test("the order is by model, then seller, then variant with the default first", () => {
  const rows = [row("b"), row("a", { variant: "batch" }), row("a", { seller: "z" }), row("a")];
  const names = indexPrices(rows).map(({ row: { model, seller, variant } }) => `${model} ${seller} ${variant}`);
  expect(names).toEqual(["a acme default", "a acme batch", "a z default", "b acme default"]);
});

test("the sort by sources puts those that are furthest apart at one end, and prices of one source last", () => {
  const two = ["catalog", "second"];
  const rows = [
    row("one"),
    row("agree", { sources: two }),
    row("ten", { sources: two, apart: "10" }),
    row("nine", { sources: two, apart: "9" }),
    row("zero", { sources: two, apart: "zero" }),
  ];
  expect(sorted(rows, "sources")).toEqual(["agree", "nine", "ten", "zero", "one"]);
  expect(sorted(rows, "sources", true)).toEqual(["zero", "ten", "nine", "agree", "one"]);
});

test("sellers are sorted by their text, and rows of one seller keep their order", () => {
  const rows = [row("a", { seller: "z" }), row("b", { seller: "m" }), row("c", { seller: "z" })];
  expect(sorted(rows, "seller")).toEqual(["b", "a", "c"]);
  expect(sorted(rows, "seller", true)).toEqual(["a", "c", "b"]);
});
