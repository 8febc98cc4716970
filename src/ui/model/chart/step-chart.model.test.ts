import { describe, expect, test } from "vitest";
import {
  amountsAt,
  chartCharges,
  lineEnds,
  lineStrokes,
  stepChart,
  type ChartInput,
} from "#/ui/model/chart/step-chart.model.ts";

const KEY = "input/token";
const DAY = 86_400_000;
const START = Date.parse("2026-08-01T00:00:00Z");
const day = (number: number) => new Date(START + (number - 1) * DAY).toISOString();
const priced = (amount: string | null) =>
  amount === null ? [] : [{ meter: "input" as const, unit: "token" as const, amount }];

type Cause = ChartInput["rates"][number]["cause"];
const rate = (on: number, amount: string | null, previous: string | null = null, cause: Cause = "sync") => ({
  effectiveAt: day(on),
  withdrawnAt: null,
  charges: priced(amount),
  previousCharges: priced(previous),
  pinnedMeters: cause === "pin" ? ["input" as const] : [],
  cause,
});
const said = (on: number, source: string, amount: string | null) => ({
  effectiveAt: day(on),
  withdrawnAt: null,
  charges: priced(amount),
  source,
});
const draw = (input: Partial<ChartInput>) =>
  stepChart({ rates: [], offers: [], holds: [], now: START + 9 * DAY, ...input }, KEY);
const amountsOf = (chart: ReturnType<typeof draw>) =>
  Object.fromEntries(chart.lines.map(({ label, amounts }) => [label, amounts]));

describe("the steps of a price", () => {
  test("hold until the price changes, and the last one until now", () => {
    const chart = draw({ rates: [rate(3, "0.000003", "0.000002"), rate(1, "0.000002")] });
    expect(chart.times.map((at) => (at - START) / DAY)).toEqual([0, 2, 2, 9]);
    expect(amountsOf(chart)).toEqual({ "in force": ["2", "2", "3", "3"] });
  });

  test("are a gap while there is no price, never a 0", () => {
    const chart = draw({ rates: [rate(3, null, "0.000002"), rate(1, "0.000002")] });
    expect(amountsOf(chart)).toEqual({ "in force": ["2", "2", null, null] });
  });

  test("leave out what was withdrawn and what is yet to come", () => {
    const chart = draw({
      rates: [rate(20, "0.9"), { ...rate(2, "0.5"), withdrawnAt: day(3) }, rate(1, "0.000002")],
    });
    expect(amountsOf(chart)).toEqual({ "in force": ["2", "2"] });
  });

  test("of sources that have always agreed are one line that names them at its end", () => {
    const chart = draw({
      offers: [said(1, "b", "0.000002"), said(2, "a", "0.000002"), said(1, "c", "0.000005")],
    });
    expect(Object.keys(amountsOf(chart))).toEqual(["a, b", "c"]);
    expect(lineEnds(chart).map(({ amount, labels }) => [amount, labels])).toEqual([
      ["2", ["a, b"]],
      ["5", ["c"]],
    ]);
  });

  test("of sources that one run reads one after another are still one line, unless they differ now", () => {
    const soon = new Date(START + DAY + 40_000).toISOString();
    const first = [said(2, "a", "0.000003"), said(1, "a", "0.000002"), said(1, "b", "0.000002")];
    const second = { ...said(2, "b", "0.000003"), effectiveAt: soon };
    expect(draw({ offers: [second, ...first] }).lines.map(({ label }) => label)).toEqual(["a, b"]);
    const late = draw({ offers: first, now: START + DAY + 40_000 });
    expect(late.lines.map(({ label }) => label)).toEqual(["a", "b"]);
  });

  test("of sources that have disagreed once stay apart, and share a label where they end alike", () => {
    const chart = draw({
      offers: [said(3, "b", "0.000002"), said(1, "b", "0.000004"), said(1, "a", "0.000002")],
    });
    expect(Object.keys(amountsOf(chart))).toEqual(["a", "b"]);
    expect(lineEnds(chart).map(({ labels }) => labels)).toEqual([["a", "b"]]);
  });

  test("that are pinned are a line of their own, which alone is named while the pin stands", () => {
    const chart = draw({
      rates: [rate(3, "0.000001", "0.000002", "pin"), rate(1, "0.000002")],
      offers: [said(1, "a", "0.000002")],
    });
    expect(amountsOf(chart)["pinned"]).toEqual([null, null, "1", "1"]);
    expect(lineEnds(chart).map(({ amount, labels, kind }) => [amount, labels, kind])).toEqual([
      ["1", ["pinned"], "pin"],
      ["2", ["a"], "source"],
    ]);
    expect(amountsAt(chart, 0)).toEqual([
      { label: "in force", text: "$2.00" },
      { label: "a", text: "$2.00" },
    ]);
    expect(amountsAt(chart, 3).map(({ label }) => label)).toEqual(["pinned", "a"]);
  });
});

test("no source is drawn in the colour of a pin or of the price in force, and up to 18 sources look different", () => {
  const sources = Array.from({ length: 18 }, () => ({ kind: "source" as const }));
  const [pin, ...others] = lineStrokes([{ kind: "pin" }, { kind: "force" }, ...sources]);
  expect(others).toHaveLength(19);
  expect(others.map(({ variable }) => variable)).not.toContain(pin?.variable);
  expect(new Set(others.map(({ variable, dash }) => `${variable} ${dash.join(" ")}`)).size).toBe(19);
});

describe("the marks of a price", () => {
  test("say what moved it: a sync, a pin, a revert, an approval", () => {
    const chart = draw({
      rates: [
        rate(5, "0.000002", "0.000003", "revert"),
        rate(4, "0.000003", "0.000001", "approve"),
        rate(3, "0.000001", "0.000002", "pin"),
        rate(2, "0.000002", "0.000002", "rank"),
        rate(1, "0.000002"),
      ],
    });
    expect(chart.marks.map(({ kind, amount }) => [kind, amount])).toEqual([
      ["revert", "2"],
      ["approval", "3"],
      ["pin", "1"],
      ["sync", "2"],
    ]);
  });

  test("show a held price at the price in force of its time, so that it does not squash the scale", () => {
    const hold = { observedAt: day(2), source: "a", new: { state: "priced" as const, charges: priced("0.21") } };
    const chart = draw({ rates: [rate(1, "0.000002")], holds: [hold] });
    expect(chart.marks.at(-1)).toMatchObject({ kind: "hold", amount: "2", words: "Held: $210,000.00 from a" });
    expect(chart.ticks.map(({ label }) => label)).toEqual(["$0.00", "$2.00"]);
  });
});

test("a chart can show every charge that was ever stated, and nothing of what was not", () => {
  const web = { meter: "web_search" as const, unit: "search" as const, amount: "0.01" };
  const charges = chartCharges({ rates: [rate(1, "0.000002")], offers: [{ ...said(1, "a", null), charges: [web] }] });
  expect(charges).toEqual([
    { value: "input/token", label: "Input, $ per 1M tokens" },
    { value: "web_search/search", label: "Web search, $ per search" },
  ]);
  expect(draw({})).toEqual({ times: [], lines: [], marks: [], ticks: [] });
});
