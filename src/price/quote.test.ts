import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { add, compareDecimals, decimal, shiftPoint } from "#/price/decimal.ts";
import { quoteRate, upperBound, type QuotableRate } from "#/price/quote.ts";
import type { Usage } from "#/price/usage-keys.ts";
import { generatedCap, generatedRate, instantOf, usageWithin } from "#/testing/quote-samples.ts";

const NOON = { at: "2026-08-01T12:00:00Z" };

function perToken(meter: Charge["meter"], usdPerMillion: string, more: Partial<Charge> = {}): Charge {
  return { meter, unit: "token", amount: shiftPoint(decimal(usdPerMillion), -6), ...more };
}

function rateOf(charges: readonly Charge[], more: Partial<QuotableRate> = {}): QuotableRate {
  return { seller: "acme", model: "acme-1", variant: "default", state: "priced", charges, ...more };
}

const PLAIN = rateOf([perToken("input", "3"), perToken("output", "15"), perToken("cache_read", "0.3")]);

describe("a quote", () => {
  test("is exact to the last digit, line by line, and names the rate", () => {
    const quote = quoteRate({ ...PLAIN, id: "7", version: "12" }, { input: 1_000, output: 3, cache_read: 7 }, NOON);
    expect(quote).toMatchObject({ outcome: "priced", total: "0.0030471", unpriced: [], rateId: "7", version: "12" });
    expect(quote.lines.map(({ meter, unit, units, amount, cost }) => [meter, unit, units, amount, cost])).toEqual([
      ["input", "token", 1_000, "0.000003", "0.003"],
      ["output", "token", 3, "0.000015", "0.000045"],
      ["cache_read", "token", 7, "0.0000003", "0.0000021"],
    ]);
  });

  test("multiplies decimals of units exactly", () => {
    const rate = rateOf([{ meter: "input", unit: "second", amount: decimal("0.0001") }, perToken("output", "1")]);
    expect(quoteRate(rate, { "input/second": "12.345", output: 3 }, NOON).total).toBe("0.0012375");
  });

  test("is never 0 for a used meter without a price, but names it", () => {
    const quote = quoteRate(PLAIN, { input: 10, web_search: 2, "input/second": "1.5" }, NOON);
    expect(quote).toMatchObject({ outcome: "unpriced", total: null, unpriced: ["web_search", "input/second"] });
    expect(quote.lines).toHaveLength(1);
    expect(upperBound(PLAIN, { input: 10, web_search: 2 })).toBeUndefined();
  });

  test("does not count a meter that is not used", () => {
    expect(quoteRate(PLAIN, { input: 1, web_search: 0 }, NOON)).toMatchObject({ outcome: "priced", total: "0.000003" });
  });

  test.each(["unknown", "varies"] as const)("of a rate that is %s is unpriced, and has no bound", (state) => {
    const rate = rateOf(PLAIN.charges, { state });
    expect(quoteRate(rate, { input: 1 }, NOON)).toMatchObject({
      outcome: "unpriced",
      total: null,
      unpriced: ["input"],
    });
    expect(upperBound(rate, { input: 1 })).toBeUndefined();
  });

  test("without a rate is unpriced, whatever was used", () => {
    expect(quoteRate(undefined, {}, NOON)).toMatchObject({ outcome: "unpriced", total: null });
    expect(upperBound(undefined, {})).toBeUndefined();
  });

  test("of a free rate is 0 for its tokens, and unpriced for what is no token", () => {
    const rate = rateOf([], { state: "free" });
    expect(quoteRate(rate, { input: 9, reasoning: 9 }, NOON)).toMatchObject({ outcome: "priced", total: "0" });
    expect(quoteRate(rate, { web_search: 1 }, NOON).outcome).toBe("unpriced");
  });

  test("counts a price of the request once, or as often as the usage says, and asks for none where there is none", () => {
    const rate = rateOf([...PLAIN.charges, { meter: "request", unit: "request", amount: decimal("0.01") }]);
    expect(quoteRate(rate, { input: 1 }, NOON).total).toBe("0.010003");
    expect(quoteRate(rate, { input: 1, request: 3 }, NOON).total).toBe("0.030003");
    expect(quoteRate(PLAIN, { input: 1, request: 3 }, NOON).total).toBe("0.000003");
  });

  test("is the list price once a discount has ended", () => {
    const listCharges = [perToken("input", "4")];
    const rate = rateOf([perToken("input", "2")], { discount: { listCharges, endsAt: "2026-08-01T12:00:00Z" } });
    const quotes = ["2026-08-01T11:59:59Z", "2026-08-01T12:00:00Z"].map(
      (at) => quoteRate(rate, { input: 1_000_000 }, { at }).total,
    );
    expect(quotes).toEqual(["2", "4"]);
    expect(upperBound(rate, { input: 1_000_000 })).toBe("4");
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 60, "1e3", "-1", "", "1.", "x", `1.${"1".repeat(40)}`])(
    "refuses %s as a number of units",
    (units) => expect(() => quoteRate(PLAIN, { input: units }, NOON)).toThrow(RangeError),
  );

  test("takes every name that is no meter for one without a price", () => {
    const usage = { input: 1, toString: 3 } as unknown as Usage;
    expect(quoteRate(PLAIN, usage, NOON).unpriced).toEqual(["toString"]);
  });
});

describe("a meter that the rate does not price apart", () => {
  test.each([
    [{ reasoning: 1_000_000 }, "15"],
    [{ output_audio: 1_000_000 }, "15"],
    [{ cache_write: 1_000_000 }, "3"],
    [{ cache_write_1h: 1_000_000 }, "3"],
    [{ input_image: 1_000_000 }, "3"],
    [{ cache_read_audio: 1_000_000 }, "0.3"],
  ] as const)("costs what contains it: %o", (usage, total) => {
    expect(quoteRate(PLAIN, usage, NOON).total).toBe(total);
  });

  test("costs its own price where there is one", () => {
    const rate = rateOf([...PLAIN.charges, perToken("reasoning", "20")]);
    expect(quoteRate(rate, { output: 1_000_000, reasoning: 1_000_000 }, NOON).total).toBe("35");
  });

  test("has none where two that contain it are priced, or where only the shorter cache write is", () => {
    const rate = rateOf([...PLAIN.charges, perToken("input_audio", "40"), perToken("cache_write", "3.75")]);
    expect(quoteRate(rate, { cache_read_audio: 1, cache_write_1h: 1 }, NOON).unpriced).toEqual([
      "cache_read_audio",
      "cache_write_1h",
    ]);
  });
});

describe("a tier", () => {
  const tier = { above: 200_000 };
  const rate = rateOf([...PLAIN.charges, perToken("input", "6", { tier }), perToken("output", "22.5", { tier })]);

  test.each([
    [{ input: 200_000, output: 10 }, "0.60015"],
    [{ input: 200_001, output: 10 }, "1.200231"],
    [{ input: 1, cache_read: 199_999, output: 10 }, "0.0601527"],
    [{ input: 1, cache_read: 200_000, output: 10 }, "0.060231"],
    [{ output: 300_000 }, "4.5"],
  ])("is a cliff, exact to the token of the whole prompt: %o costs %s", (usage, total) => {
    expect(quoteRate(rate, usage, NOON).total).toBe(total);
  });

  test("counts in a bound when the cap can reach it", () => {
    expect([200_000, 200_001].map((input) => upperBound(rate, { input }))).toEqual(["0.6", "1.200006"]);
  });

  test("by results needs their number", () => {
    const search = { meter: "search", unit: "search" } as const;
    const searching = rateOf([
      { ...search, amount: decimal("0.005") },
      { ...search, amount: decimal("0.025"), tier: { above: 25, of: "results" } },
    ]);
    const costs = [25, 26].map((results) => quoteRate(searching, { search: 2, results }, NOON).total);
    expect(costs).toEqual(["0.01", "0.05"]);
    expect(quoteRate(searching, { search: 2 }, NOON).unpriced).toEqual(["search"]);
    expect(upperBound(searching, { search: 2 })).toBe("0.05");
  });

  test("by seconds counts those of its own meter", () => {
    const video = { meter: "input_video", unit: "second" } as const;
    const watching = rateOf([
      { ...video, amount: decimal("1") },
      { ...video, amount: decimal("2"), tier: { above: 8, of: "seconds" } },
    ]);
    const costs = ["8", "8.5"].map((units) => quoteRate(watching, { "input_video/second": units }, NOON).total);
    expect(costs).toEqual(["8", "17"]);
  });
});

describe("a window", () => {
  const rate = rateOf([perToken("input", "2"), perToken("input", "1", { window: { from: "16:30", to: "00:30" } })]);

  test.each([
    ["2026-08-01T16:29:59Z", "2"],
    ["2026-08-01T16:30:00Z", "1"],
    ["2026-08-01T23:59:59Z", "1"],
    ["2026-08-02T00:29:59.999Z", "1"],
    ["2026-08-02T00:30:00Z", "2"],
    ["2026-08-01T22:30:00+06:00", "1"],
  ])("counts by the clock of the question, across midnight: %s costs %s", (at, total) => {
    expect(quoteRate(rate, { input: 1_000_000 }, { at }).total).toBe(total);
  });

  test("of a price that is asked only then leaves the meter unpriced at other times, and bounds it", () => {
    const nightly = rateOf([perToken("input", "1", { window: { from: "00:00", to: "06:00" } })]);
    expect(quoteRate(nightly, { input: 1 }, NOON).unpriced).toEqual(["input"]);
    expect(upperBound(nightly, { input: 1_000_000 })).toBe("1");
  });
});

describe("whatever the rate", () => {
  const RUNS = { numRuns: 1_000 };

  test("a quote is the sum of its lines, and of the quotes of its meters", () => {
    const flat = fc.nat().map((seed) => generatedRate(seed, { isFlat: true }));
    fc.assert(
      fc.property(flat, fc.nat(), (rate, seed) => {
        const usage: Usage = { ...generatedCap(seed), request: 1 };
        const whole = quoteRate(rate, usage, NOON);
        const sum = whole.lines.map(({ cost }) => cost).reduce(add, decimal("0"));
        const parts = Object.entries(usage).map(([key, units]) => quoteRate(rate, { request: 0, [key]: units }, NOON));
        const priced = parts.flatMap(({ total }) => (total === null ? [] : [total]));
        expect(sum).toBe(priced.reduce(add, decimal("0")));
        if (whole.outcome === "priced") expect(whole.total).toBe(sum);
        expect(whole.outcome === "priced").toBe(parts.every(({ outcome }) => outcome === "priced"));
      }),
      RUNS,
    );
  });

  test("more units never cost less when no tier is cheaper than what is below it", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (rateSeed, capSeed) => {
        const rate = generatedRate(rateSeed, { isRising: true });
        const cap = generatedCap(capSeed);
        const at = instantOf(capSeed);
        const more = quoteRate(rate, cap, { at }).total;
        const less = quoteRate(rate, usageWithin(cap, rateSeed), { at }).total;
        if (more !== null && less !== null) expect(compareDecimals(less, more)).toBeLessThanOrEqual(0);
      }),
      RUNS,
    );
  });

  test("no request within a cap costs more than the cap's upper bound, and without a bound none is sure to be priced", () => {
    for (let seed = 0; seed < 4_000; seed += 1) {
      const rate = generatedRate(seed);
      const cap = generatedCap(seed * 31 + 7);
      const bound = upperBound(rate, cap);
      const at = instantOf(seed * 17);
      const { total } = quoteRate(rate, usageWithin(cap, seed * 13 + 1), { at });
      if (bound === undefined) expect(quoteRate(rate, cap, { at }).outcome).toBe("unpriced");
      else if (total !== null && compareDecimals(total, bound) > 0)
        expect.fail(`${total} is above ${bound}, seed ${seed}`);
    }
  });
});
