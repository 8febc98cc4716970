import { expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { resolveRate } from "#/price/resolve-rate.ts";
import type { Meter } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

const line = (meter: Meter, amount: string, more: Partial<Charge> = {}): Charge => ({
  meter,
  unit: "token",
  amount: decimal(amount),
  ...more,
});
const above = { tier: { above: 200_000 } };
const says = (source: string, ...charges: Charge[]) => ({ source, state: "priced" as OfferState, charges });
const pin = (meter: Meter | null, ...charges: Charge[]) => ({ ...says("pin", ...charges), meter });
const shown = ({ parts }: ReturnType<typeof resolveRate<ReturnType<typeof says>, ReturnType<typeof pin>>>) =>
  parts.flatMap(({ from, charges, isFilled }) =>
    charges.map(
      (one) => `${one.meter} ${one.amount}${one.tier ? " above" : ""} ${from.source}${isFilled ? " filled" : ""}`,
    ),
  );

test("the whole sheet of the first source that has a price counts, never the cheapest, and never two sheets mixed", () => {
  const first = says("first", line("input", "3"), line("output", "9"));
  const cheap = says("cheap", line("input", "1"), line("output", "2"), line("cache_read", "0.1"));
  expect(shown(resolveRate([first, cheap], []))).toEqual(["input 3 first", "output 9 first"]);
  expect(shown(resolveRate([cheap, first], []))).toEqual(["input 1 cheap", "output 2 cheap", "cache_read 0.1 cheap"]);
});

test("a meter that the sheet lacks is filled from a source that agrees on every base line both have, base lines only", () => {
  const first = says("first", line("input", "3"), line("output", "9"));
  const agreeing = says(
    "agreeing",
    line("input", "3.1"),
    line("input", "6", above),
    line("output", "9"),
    line("cache_read", "0.3"),
    line("cache_read", "0.6", above),
    line("cache_write_1h", "6", above),
  );
  expect(shown(resolveRate([first, agreeing], []))).toEqual([
    "input 3 first",
    "output 9 first",
    "cache_read 0.3 agreeing filled",
  ]);
  const differing = says("differing", line("input", "3"), line("output", "12"), line("cache_read", "0.3"));
  expect(shown(resolveRate([first, differing], []))).toHaveLength(2);
  const apart = says("apart", line("input_image", "1"));
  expect(shown(resolveRate([first, apart], []))).toHaveLength(2);
  expect(shown(resolveRate([first, differing, agreeing], []))).toContain("cache_read 0.3 agreeing filled");
});

test.each([
  ["3", "3.15", true],
  ["3", "3.150001", false],
  ["3.15", "3", true],
  ["0", "0", true],
  ["0", "0.000001", false],
])("%s and %s agree: %s", (own, other, agrees) => {
  const first = says("first", line("input", own), line("output", "9"));
  const second = says("second", line("input", other), line("output", "9"), line("cache_read", "1"));
  expect(shown(resolveRate([first, second], []))).toHaveLength(agrees ? 3 : 2);
});

test("a source without a price hides none that has one; without any it varies or is unknown, never 0", () => {
  const unknown = { source: "first", state: "unknown" as OfferState, charges: [] };
  const free = { source: "free", state: "free" as OfferState, charges: [line("input", "0"), line("output", "0")] };
  expect(resolveRate([unknown, says("second", line("input", "1"))], []).state).toBe("priced");
  expect(resolveRate([unknown, free], []).state).toBe("free");
  expect(resolveRate([unknown], [])).toEqual({ state: "unknown", charges: [], parts: [] });
  expect(resolveRate([unknown, { source: "v", state: "varies" as OfferState, charges: [] }], []).state).toBe("varies");
});

test("of several listings of one source the first with a price counts, and the others fill nothing", () => {
  const [one, other] = [says("map", line("input", "3")), says("map", line("input", "3"), line("output", "9"))];
  expect(shown(resolveRate([one, other], []))).toEqual(["input 3 map"]);
  expect(shown(resolveRate([{ ...one, state: "unknown", charges: [] }, other], []))).toEqual([
    "input 3 map",
    "output 9 map",
  ]);
});

test("a pin of a meter replaces all its lines; a pin of the whole offer answers alone for the rest", () => {
  const source = says("source", line("input", "3"), line("input", "6", above), line("output", "9"));
  expect(shown(resolveRate([source], [pin("input", line("input", "2"))]))).toEqual(["output 9 source", "input 2 pin"]);
  expect(shown(resolveRate([source], [pin(null, line("input", "1"))]))).toEqual(["input 1 pin"]);
  const { charges } = resolveRate([source], [pin("output", line("output", "8")), pin(null, line("input", "1"))]);
  expect(charges.map(({ meter, amount }) => `${meter} ${amount}`)).toEqual(["input 1", "output 8"]);
});
