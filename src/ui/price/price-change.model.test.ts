import { describe, expect, test } from "vitest";
import { decimal } from "#/price/decimal.ts";
import type { ApiCharge } from "#/ui/price/charge-words.model.ts";
import { changeLines, percentChange } from "#/ui/price/price-change.model.ts";

const input = (amount: string): ApiCharge => ({ meter: "input", unit: "token", amount });
const priced = (before: string, after: string) =>
  changeLines({
    state: "priced",
    charges: [input(after)],
    previousState: "priced",
    previousCharges: [input(before)],
  })[0];

describe("the size of a change", () => {
  test("is in percent, to one digit", () => {
    expect(
      ["1.25", "0.9", "1", "1.0004", "1.33333", "0.000001"].map((factor) => percentChange(decimal(factor))),
    ).toEqual(["+25%", "−10%", "0%", "+<0.1%", "+33.3%", "−100%"]);
  });

  test("is a factor when percent would not be read right", () => {
    expect(priced("0.0000001", "0.1")?.size).toBe("×1,000,000");
    expect(priced("0.1", "0.0000001")?.size).toBe("÷1,000,000");
  });

  test("is in words where there is no ratio", () => {
    expect(priced("0", "0.1")?.size).toBe("was free");
    expect(priced("0.1", "0")?.size).toBe("now free");
  });
});

describe("what an entry changed", () => {
  test("names old, new and unit", () => {
    expect(priced("0.000002", "0.0000025")).toEqual({
      key: "input/token",
      what: "Input",
      before: "$2.00",
      after: "$2.50 per 1M tokens",
      size: "+25%",
      direction: "up",
    });
  });

  test("says that a price was lost", () => {
    const lines = changeLines({
      state: "unknown",
      charges: [],
      previousState: "priced",
      previousCharges: [input("0.000002")],
    });
    expect(lines.map(({ what, before, after, size }) => [what, before, after, size])).toEqual([
      ["State", "priced", "unknown", ""],
      ["Input", "$2.00 per 1M tokens", undefined, "gone"],
    ]);
  });

  test("of a first price is that everything is new", () => {
    const lines = changeLines({
      state: "priced",
      charges: [input("0.000002")],
      previousState: null,
      previousCharges: null,
    });
    expect(lines.map(({ size }) => size)).toEqual(["new"]);
  });
});
