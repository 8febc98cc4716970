import { expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { foldRates, type Listing, type PinSpan, type RankOrder } from "#/price/fold-rates.ts";
import { newsOf, planRates, type StandingRate } from "#/price/plan-rates.ts";

const asks = (amount: string) => ({
  state: "priced" as const,
  charges: [{ meter: "input", unit: "token", amount: decimal(amount) }] as Charge[],
});
/** `[instant, amount]` steps of one source; null: gone. */
const lists = (source: string, steps: readonly (readonly [number, string | null])[]): Listing => ({
  precedence: 0,
  steps: steps.map(([from, amount], index) => ({
    from,
    ask: amount === null ? null : asks(amount),
    origin: { source, listing: "m", historyId: `${source}${index}` },
  })),
});
const pinned = (from: number, to: number | null, amount: string): PinSpan => ({
  id: "7",
  from,
  to,
  meter: null,
  ...asks(amount),
});
const ORDERS: readonly RankOrder[] = [{ from: 0, names: ["a", "b"] }];
const shown = (segments: ReturnType<typeof foldRates>) =>
  segments.map(({ from, charges, origins }) => {
    const [origin] = origins;
    return `${from} ${charges[0]?.amount ?? "-"} ${origin?.source ?? (origin?.pinId === undefined ? "nobody" : "pin")}`;
  });

test("a timeline has a piece for each time at which the price, or where it comes from, is another", () => {
  const facts = {
    listings: [
      lists("a", [
        [10, "3"],
        [30, null],
      ]),
      lists("b", [
        [20, "4"],
        [40, "4"],
      ]),
    ],
    pins: [pinned(50, 60, "1")],
  };
  expect(shown(foldRates(facts, ORDERS, 0))).toEqual(["0 - nobody", "10 3 a", "30 4 b", "50 1 pin", "60 4 b"]);
  expect(shown(foldRates(facts, ORDERS, 35))).toEqual(["35 4 b", "50 1 pin", "60 4 b"]);
});

test("an order of sources counts from when it was made, and who stands in none comes last", () => {
  const facts = { listings: [lists("a", [[10, "3"]]), lists("b", [[10, "4"]]), lists("new", [[10, "5"]])], pins: [] };
  const orders = [...ORDERS, { from: 50, names: ["b", "a"] }];
  expect(shown(foldRates(facts, orders, 0))).toEqual(["0 - nobody", "10 3 a", "50 4 b"]);
});

const standing = (rows: readonly (readonly [string, number, number | null, string])[]): StandingRate[] =>
  rows.map(([id, from, to, amount]) => {
    const [segment] = foldRates({ listings: [lists("a", [[from, amount]])], pins: [] }, ORDERS, from);
    return { id, from, to, fingerprint: segment?.fingerprint ?? "", origins: segment?.origins ?? [] };
  });
const plan = (
  rows: StandingRate[],
  steps: readonly (readonly [number, string | null])[],
  since: number,
  now: number,
) => {
  const { inserts, copies, supersedes, closes } = planRates(
    rows,
    foldRates({ listings: [lists("a", steps)], pins: [] }, ORDERS, since),
    { since, now },
  );
  return {
    inserts: inserts.map(({ from, to, isNews, replaces }) => ({ from, to, isNews, replaces })),
    copies,
    supersedes,
    closes,
  };
};

test("a first price and a changed one are one row each; the same again is none", () => {
  expect(plan([], [[10, "3"]], 10, 10).inserts).toEqual([{ from: 10, to: null, isNews: true, replaces: null }]);
  const rows = standing([["1", 10, null, "3"]]);
  expect(
    plan(
      rows,
      [
        [10, "3"],
        [20, "4"],
      ],
      20,
      21,
    ),
  ).toEqual({
    inserts: [{ from: 20, to: null, isNews: true, replaces: "1" }],
    copies: [],
    supersedes: [],
    closes: [{ id: "1", to: 20 }],
  });
  expect(
    plan(
      rows,
      [
        [10, "3"],
        [20, "3"],
      ],
      20,
      21,
    ),
  ).toEqual({ inserts: [], copies: [], supersedes: [], closes: [] });
});

test("an announced price is a row of its day, and is news on that day only", () => {
  const rows = standing([["1", 10, null, "3"]]);
  expect(
    plan(
      rows,
      [
        [10, "3"],
        [90, "4"],
      ],
      20,
      20,
    ),
  ).toEqual({
    inserts: [{ from: 90, to: null, isNews: false, replaces: null }],
    copies: [],
    supersedes: [],
    closes: [],
  });
  const later = standing([
    ["1", 10, null, "3"],
    ["2", 90, null, "4"],
  ]);
  expect(
    plan(
      later,
      [
        [10, "3"],
        [90, "4"],
      ],
      95,
      95,
    ),
  ).toEqual({
    inserts: [],
    copies: [{ id: "2", to: null, isNews: true, replaces: "1" }],
    supersedes: ["2"],
    closes: [{ id: "1", to: 90 }],
  });
  expect(plan(later, [[10, "3"]], 20, 20)).toMatchObject({ inserts: [], supersedes: ["2"], closes: [] });
});

test("late knowledge writes only what it changes of the past, and nothing of the present", () => {
  const rows = standing([
    ["1", 10, 50, "3"],
    ["2", 50, null, "4"],
  ]);
  expect(
    plan(
      rows,
      [
        [10, "3"],
        [30, "9"],
        [50, "4"],
      ],
      30,
      60,
    ),
  ).toEqual({
    inserts: [{ from: 30, to: 50, isNews: false, replaces: null }],
    copies: [{ id: "1", to: 30, isNews: false, replaces: null }],
    supersedes: ["1"],
    closes: [],
  });
});

test("a plan says whether the price in force comes, changes, goes or stays", () => {
  const news = (rows: StandingRate[], steps: readonly (readonly [number, string | null])[], now = 30) => {
    const segments = foldRates({ listings: [lists("a", steps)], pins: [] }, ORDERS, 0);
    return newsOf(planRates(rows, segments, { since: 0, now }), rows);
  };
  const asked3 = standing([["1", 10, null, "3"]]);
  const gone: StandingRate = { id: "2", from: 20, to: null, fingerprint: "none", origins: [] };
  const before20 = standing([["1", 10, 20, "3"]]);
  const [three, four, none] = [[10, "3"] as const, [20, "4"] as const, [20, null] as const];
  expect(news([], [three])).toBe("first");
  expect(news(asked3, [three, four])).toBe("changed");
  expect(news(asked3, [three, none])).toBe("gone");
  expect(news(asked3, [three])).toBeUndefined();
  expect(news([...before20, gone], [three, none, [25, "3"]])).toBe("first");
  // One that is announced is no news before its day, and then it is, although its row is there.
  const announced = standing([
    ["1", 10, null, "3"],
    ["2", 90, null, "4"],
  ]);
  expect(news(asked3, [three, [90, "4"]])).toBeUndefined();
  expect(news(announced, [three, [90, "4"]], 90)).toBe("changed");
  // The same price from elsewhere.
  const moved = [{ ...asked3[0], origins: [{ source: "b", listing: "m", historyId: "b0" }] } as StandingRate];
  expect(news(moved, [three])).toBeUndefined();
});
