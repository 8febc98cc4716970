import { expect, test } from "vitest";
import { packKey, packRow, placesOf, type PriceRow, type PriceTable } from "#/terms/price-table.ts";
import { readPriceBook } from "#/ui/prices/price-book.model.ts";

const WORDS = { sellers: ["acme"], sources: ["catalog", "second"], modes: ["chat"] };
const PLACES = placesOf(WORDS);

const row = (model: string, more: Partial<PriceRow> = {}): PriceRow => ({
  seller: "acme",
  model,
  variant: "default",
  state: "priced",
  input: { amount: "0.000001", unit: "token" },
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
});
const table = (version: string, rows: readonly PriceRow[], more: Partial<PriceTable> = {}): PriceTable => ({
  version,
  at: "2026-01-01T00:00:00Z",
  isWhole: true,
  ...WORDS,
  rows: rows.map((one) => packRow(one, PLACES)),
  removed: [],
  flags: [],
  ...more,
});
const read = async (...args: [Parameters<typeof readPriceBook>[0], PriceTable]) =>
  readPriceBook(...args, async () => {});

test("what has changed is put into its place, what has gone goes, and the rest stays the same objects", async () => {
  const before = await read(undefined, table("7", [row("a"), row("c"), row("d")]));
  const change = table("8", [row("b", { sources: ["second"], mode: "chat" })], {
    isWhole: false,
    removed: [packKey(row("d"), PLACES)],
  });
  const after = await read(before, change);
  expect(after.index.map(({ row: { model } }) => model)).toEqual(["a", "b", "c"]);
  expect(after.index[0]).toBe(before.index[0]);
  expect(after.index[2]).toBe(before.index[1]);
  expect(after.version).toBe("8");
  expect(after.words).toEqual({ sellers: ["acme"], sources: ["catalog", "second"], modes: ["chat"] });
});

test("a large table is read in slices with pauses between them", async () => {
  let pauses = 0;
  const rows = Array.from({ length: 3_500 }, (_, place) => row(`model-${String(place).padStart(4, "0")}`));
  const book = await readPriceBook(undefined, table("1", rows), async () => void (pauses += 1));
  expect(book.index).toHaveLength(3_500);
  expect(pauses).toBe(3 + 2 + 3);
});
