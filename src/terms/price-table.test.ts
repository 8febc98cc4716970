import fc from "fast-check";
import { expect, test } from "vitest";
import { UNITS } from "#/terms/meter.ts";
import { OFFER_STATES } from "#/terms/offer.ts";
import {
  LOOSE_FLAGS,
  mergeTable,
  packFlags,
  packKey,
  packRow,
  placesOf,
  PRICE_EXTRAS,
  PRICE_FLAGS,
  priceKeyText,
  readRow,
  type PriceFlag,
  type PriceRow,
  type PriceTable,
} from "#/terms/price-table.ts";

const WORDS = {
  sellers: ["acme", "openai", "z.ai"],
  sources: ["litellm", "models-dev", "mine"],
  modes: ["chat", "rerank"],
};
const PLACES = placesOf(WORDS);

const amount = fc.constantFrom("0", "0.000003", "0.00000000000000000125", "12.5", "0.04");
const charge = fc.option(fc.record({ amount, unit: fc.constantFrom(...UNITS) }));
const id = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes("\n"));
const row: fc.Arbitrary<PriceRow> = fc.record({
  seller: fc.constantFrom(...WORDS.sellers),
  model: id,
  variant: fc.oneof(fc.constantFrom("default", "batch", "region=eu+speed=fast"), id),
  state: fc.constantFrom(...OFFER_STATES),
  input: charge,
  output: charge,
  cacheRead: charge,
  extras: fc.subarray([...PRICE_EXTRAS]),
  sources: fc.shuffledSubarray(WORDS.sources),
  from: fc.shuffledSubarray(WORDS.sources),
  apart: fc.option(fc.constantFrom("1.25", "zero", "1000")),
  validFromMs: fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 })),
  flags: fc.subarray([...PRICE_FLAGS]),
  contextTokens: fc.option(fc.integer({ min: 1, max: 10_000_000 })),
  mode: fc.option(fc.constantFrom(...WORDS.modes)),
  sunsetOn: fc.option(fc.constant("2027-01-31")),
});
const rows = fc.uniqueArray(row, { selector: priceKeyText, maxLength: 12 });

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

test("a row that was packed, sent as JSON and read is the same row", () => {
  fc.assert(
    fc.property(row, (one) => {
      expect(readRow(throughJson(packRow(one, PLACES)), WORDS)).toEqual(one);
    }),
  );
});

test("a packed row that was read is packed the same again", () => {
  fc.assert(
    fc.property(row, (one) => {
      const packed = packRow(one, PLACES);
      expect(packRow(readRow(packed, WORDS), PLACES)).toEqual(packed);
    }),
  );
});

test("a word that the table does not have is refused both ways", () => {
  const [one] = fc.sample(row, { numRuns: 1, seed: 7 });
  if (one === undefined) throw new Error("no sample");
  expect(() => packRow({ ...one, seller: "nobody" }, PLACES)).toThrow(RangeError);
  expect(() => readRow(packRow(one, PLACES), { ...WORDS, sellers: [] })).toThrow(RangeError);
});

function tableOf(part: Partial<PriceTable>): PriceTable {
  return {
    version: "7",
    at: "2026-01-01T00:00:00Z",
    isWhole: true,
    ...WORDS,
    rows: [],
    removed: [],
    flags: [],
    ...part,
  };
}
const looseOf = (flags: readonly PriceFlag[]) => LOOSE_FLAGS.filter((flag) => flags.includes(flag));

test("changes merged into a table come to the table as it is now", () => {
  fc.assert(
    fc.property(rows, rows, fc.infiniteStream(fc.boolean()), (before, fresh, isKept) => {
      const changed = new Map(fresh.map((one) => [priceKeyText(one), one]));
      const kept = before.filter((one) => !changed.has(priceKeyText(one)) && isKept.next().value);
      // What stays may carry other flags that are of no version.
      const now = [
        ...kept.map((one): PriceRow => ({
          ...one,
          flags: PRICE_FLAGS.filter((flag) => (flag === "held" ? isKept.next().value : one.flags.includes(flag))),
        })),
        ...fresh,
      ];
      const there = new Set(now.map(priceKeyText));
      const known = mergeTable(new Map(), tableOf({ rows: before.map((one) => packRow(one, PLACES)) }));
      const merged = mergeTable(
        known,
        throughJson(
          tableOf({
            isWhole: false,
            rows: fresh.map((one) => packRow(one, PLACES)),
            removed: before.filter((one) => !there.has(priceKeyText(one))).map((one) => packKey(one, PLACES)),
            flags: now
              .filter((one) => looseOf(one.flags).length > 0)
              .map((one) => [...packKey(one, PLACES), packFlags(looseOf(one.flags))]),
          }),
        ),
      );
      expect(merged).toEqual(new Map(now.map((one) => [priceKeyText(one), one])));
    }),
  );
});

test("a row that stays the same stays the same object, so that a page draws it only once", () => {
  const [one] = fc.sample(row, { numRuns: 1, seed: 3 });
  if (one === undefined) throw new Error("no sample");
  const known = mergeTable(new Map(), tableOf({ rows: [packRow(one, PLACES)] }));
  const flags = tableOf({ isWhole: false, flags: [[...packKey(one, PLACES), packFlags(looseOf(one.flags))]] });
  expect(mergeTable(known, flags).get(priceKeyText(one))).toBe(known.get(priceKeyText(one)));
});
