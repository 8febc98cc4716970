import { describe, expect, test } from "vitest";
import { priceSteps } from "#/ui/model/price-steps.model.ts";

const NOW = Date.parse("2026-08-10T00:00:00Z");
const entry = (day: number, input: string | undefined, source = "a") => ({
  source,
  effectiveAt: `2026-08-0${day}T00:00:00Z`,
  charges: input === undefined ? [] : [{ meter: "input" as const, unit: "token" as const, amount: input }],
});

describe("a price over time", () => {
  test("holds until it changes, and the last one until now", () => {
    const { points } = priceSteps([entry(3, "0.000003"), entry(1, "0.000002")], NOW);
    expect(points.map(({ labels }) => labels["a input"])).toEqual(["$2.00", "$3.00", "$3.00"]);
    expect(points.at(-1)?.at).toBe(NOW);
  });

  test("is a gap while it isn't known, never a 0", () => {
    const { points } = priceSteps([entry(1, "0.000002"), entry(2, undefined)], NOW);
    expect(points.map(({ positions }) => positions["a input"])).toEqual([2, null, null]);
    expect(points[1]?.labels["a input"]).toBe("not known");
  });

  test("is labelled with the exact amounts that were", () => {
    const { ticks } = priceSteps([entry(1, "0.0000001234567890123"), entry(2, "0.000003")], NOW);
    expect(ticks.map(({ label }) => label)).toEqual(["$0", "$3.00"]);
    const exact = priceSteps([entry(1, "0.00000012345678901234567")], NOW);
    expect(exact.ticks.at(-1)?.label).toBe("$0.12345678901234567");
  });

  test("keeps sources apart", () => {
    const { series, points } = priceSteps([entry(1, "0.000002"), entry(2, "0.000005", "b")], NOW);
    expect(series.map(({ key }) => key)).toEqual(["a input", "b input"]);
    expect(points[1]?.labels).toMatchObject({ "a input": "$2.00", "b input": "$5.00" });
  });

  test("of which nothing is known draws nothing", () => {
    expect(priceSteps([], NOW)).toEqual({ series: [], points: [], ticks: [{ position: 0, label: "$0" }] });
  });
});
