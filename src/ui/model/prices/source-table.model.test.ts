import { describe, expect, test } from "vitest";
import { agreementOf, mainOffer, sheetRows } from "#/ui/model/prices/source-table.model.ts";

type Line = Readonly<{ meter: "input" | "output" | "web_search"; unit: "token" | "search"; amount: string }>;
const input = (amount: string): Line => ({ meter: "input", unit: "token", amount });
const output = (amount: string): Line => ({ meter: "output", unit: "token", amount });
const search = (amount: string): Line => ({ meter: "web_search", unit: "search", amount });

const inForce = (line: Line, more: Partial<{ source: string; pinnedBy: string; isFilled: boolean }> = {}) => ({
  ...line,
  source: "litellm",
  pinnedBy: null,
  isFilled: false,
  isActive: true,
  ...more,
});
const offer = (
  source: string,
  charges: Line[],
  more: Partial<{ state: "free" | "unknown"; delistedAt: string }> = {},
) => ({
  source,
  state: more.state ?? ("priced" as const),
  charges,
  listing: { delistedAt: more.delistedAt ?? null },
});
const rateOf = (...charges: ReturnType<typeof inForce>[]) => ({ state: "priced" as const, charges });

describe("the table of a model's sources", () => {
  test("has a row for each charge that anyone states, per 1M tokens or with its own unit", () => {
    const rows = sheetRows(rateOf(inForce(input("0.000003"))), [
      offer("litellm", [input("0.000003"), search("0.01")]),
      offer("models-dev", [output("0.000015")]),
    ]);
    expect(rows.map(({ name, per }) => [name, per])).toEqual([
      ["Input", undefined],
      ["Output", undefined],
      ["Web search", "search"],
    ]);
    expect(rows.map(({ cells }) => cells.map((cell) => cell?.text))).toEqual([
      ["$3.00", undefined],
      [undefined, "$15.00"],
      ["$0.01", undefined],
    ]);
  });

  test("says in words which source differs from the price in force, and by how much", () => {
    const offers = [
      offer("litellm", [input("0.000003")]),
      offer("models-dev", [input("0.0000036")]),
      offer("openrouter", [input("0.21")]),
    ];
    const rows = sheetRows(rateOf(inForce(input("0.000003"))), offers);
    expect(rows[0]?.cells.map((cell) => cell?.note)).toEqual(["", "differs, +20%", "differs, ×70,000"]);
    expect(rows[0]?.cells[2]?.text).toBe("$210,000.00");
    expect(agreementOf(rows, offers)).toBe("2 of 3 sources differ from the price in force");
    expect(agreementOf(rows.slice(1), offers)).toBe("All 3 sources agree");
  });

  test("says where a charge in force comes from when that is not the main source", () => {
    const rate = rateOf(
      inForce(input("0.000003"), { pinnedBy: "ann", source: "pin" }),
      inForce(output("0.000015")),
      inForce(search("0.01"), { source: "models-dev", isFilled: true }),
    );
    const offers = [offer("models-dev", [search("0.01")]), offer("litellm", [output("0.000015")])];
    expect(sheetRows(rate, offers).map((row) => row.inForce?.note)).toEqual(["pinned", "", "from models-dev"]);
    expect(mainOffer(rate, offers)?.source).toBe("litellm");
  });

  test("compares nothing with a delisted source, and reads a free sheet without lines as 0 of every charge", () => {
    const offers = [
      offer("gone", [input("0.1")], { delistedAt: "2026-08-01T00:00:00Z" }),
      offer("free", [], { state: "free" }),
      offer("silent", [], { state: "unknown" }),
    ];
    const rows = sheetRows(rateOf(inForce(input("0.000003"))), offers);
    expect(rows[0]?.cells).toEqual([
      { text: "$100,000.00", note: "not in force", differs: false },
      { text: "free", note: "differs", differs: true },
      undefined,
    ]);
    expect(agreementOf(rows, offers)).toBe("The source differs from the price in force");
  });
});
