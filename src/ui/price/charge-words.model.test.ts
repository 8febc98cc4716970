import { describe, expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { listedPrice } from "#/ui/price/charge-words.model.ts";

const input: Charge = { meter: "input", unit: "token", amount: decimal("0.0000025") };

describe("a price in a list", () => {
  test("is per 1M tokens", () => expect(listedPrice("priced", [input], "input").text).toBe("$2.50"));

  test("is never 0 when it isn't known", () => {
    expect(listedPrice("unknown", [], "input").text).toBe("unknown");
    expect(listedPrice("varies", [], "input").text).toBe("varies");
    expect(listedPrice("priced", [input], "output").text).toBe("–");
  });

  test("is free only when the sheet says so", () => {
    expect(listedPrice("free", [{ ...input, amount: decimal("0") }], "input").text).toBe("free");
    expect(listedPrice("free", [], "input").text).toBe("free");
  });

  test("shows that there is more to it than one line", () => {
    const tier: Charge = { ...input, amount: decimal("0.000005"), tier: { above: 200_000 } };
    expect(listedPrice("priced", [input, tier], "input")).toEqual({
      text: "$2.50 +",
      quiet: false,
      title: "and $5.00 above 200,000 prompt tokens",
    });
  });

  test("names its unit when that isn't tokens", () => {
    expect(
      listedPrice("priced", [{ meter: "output", unit: "second", amount: decimal("0.5") }], "output"),
    ).toMatchObject({ text: "$0.50", per: "per second" });
  });
});
