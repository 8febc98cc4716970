import { describe, expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { conditionWords, meterWords, priceWithUnit, usd } from "#/price/charge-words.ts";

const input: Charge = { meter: "input", unit: "token", amount: decimal("0.0000025") };

describe("an amount in words", () => {
  test("keeps every digit and at least the cents", () => {
    expect(
      ["2.5", "0.075", "0", "1250", "1234567.891", "0.000000012345678901"].map((text) => usd(decimal(text))),
    ).toEqual(["$2.50", "$0.075", "$0.00", "$1,250.00", "$1,234,567.891", "$0.000000012345678901"]);
  });

  test("is always said with its unit", () => {
    expect(priceWithUnit(input)).toBe("$2.50 per 1M tokens");
    expect(priceWithUnit({ unit: "image", amount: decimal("0.04") })).toBe("$0.04 per image");
  });
});

describe("a charge's conditions", () => {
  test("are said in words", () => {
    expect(conditionWords({ tier: { above: 200_000 } })).toBe("above 200,000 prompt tokens");
    expect(conditionWords({ tier: { above: 5, of: "seconds" }, window: { from: "14:00", to: "00:00" } })).toBe(
      "above 5 seconds, 14:00–00:00 UTC",
    );
  });

  test("and a meter has a name", () => {
    expect([meterWords("input"), meterWords("cache_read"), meterWords("code_interpreter")]).toEqual([
      "Input",
      "Cache read",
      "Code interpreter",
    ]);
  });
});
