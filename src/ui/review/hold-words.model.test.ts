import { expect, test } from "vitest";
import { canBeTakenBack, decisionWords, mainChange, nextHoldId, type Hold } from "#/ui/review/hold-words.model.ts";

type Sheet = NonNullable<Hold["old"]>;
const sheet = (input: string, output: string): Sheet => ({
  state: "priced",
  charges: [
    { meter: "input", unit: "token", amount: input },
    { meter: "output", unit: "token", amount: output },
  ],
});

test("a row names the line that would move most, its unit once, and how many more there are", () => {
  expect(mainChange({ old: sheet("0.000003", "0.000015"), new: sheet("0.0000033", "0.00046") })).toEqual({
    what: "Output",
    before: "$15.00",
    after: "$460.00 per 1M tokens",
    more: 1,
  });
  expect(mainChange({ old: null, new: sheet("0.000003", "0.000015") })).toEqual({
    what: "Input",
    before: undefined,
    after: "$3.00 per 1M tokens",
    more: 1,
  });
});

test("a row says that a price would be lost before it says anything of amounts", () => {
  const lost = { old: sheet("0.000003", "0.000015"), new: { state: "unknown", charges: [] } } as const;
  expect(mainChange({ ...lost, new: { ...lost.new, charges: [] } })).toMatchObject({
    what: "State",
    before: "priced",
    after: "unknown",
  });
});

test("after a decision the next hold in the list is next, and after the last one the one before it", () => {
  const ids = ["1", "2", "3", "4"];
  expect(nextHoldId(ids, new Set(["2"]), "2")).toBe("3");
  expect(nextHoldId(ids, new Set(["4"]), "4")).toBe("3");
  expect(nextHoldId(ids, new Set(["2", "3", "4"]), "3")).toBe("1");
  expect(nextHoldId(ids, new Set(["1", "3"]), undefined)).toBe("2");
  expect(nextHoldId(["1"], new Set(["1"]), "1")).toBeUndefined();
});

test("who decided a hold is said with the reason", () => {
  const decided = (state: Hold["state"], decidedBy: string | null, decision: string | null) =>
    decisionWords({ state, decidedBy, decision });
  expect(decided("open", null, null)).toBeUndefined();
  expect(decided("approved", "Ann", "list price of today")).toBe("approved by Ann: list price of today");
  expect(decided("resolved", null, null)).toBe("resolved automatically");
});

test("only what a person decided can be taken back", () => {
  expect(canBeTakenBack({ state: "approved", reasons: ["JUMP"] })).toBe(true);
  expect(canBeTakenBack({ state: "rejected", reasons: ["JUMP"] })).toBe(true);
  expect(canBeTakenBack({ state: "open", reasons: ["JUMP"] })).toBe(false);
  expect(canBeTakenBack({ state: "resolved", reasons: ["JUMP"] })).toBe(false);
  expect(canBeTakenBack({ state: "rejected", reasons: ["REVERTED"] })).toBe(false);
});
