import { expect, test } from "vitest";
import { chargeKey } from "#/price/charge.ts";
import type { Offer } from "#/price/offer.ts";
import { litellmAdapter } from "#/sources/litellm.ts";

function readText(text: string) {
  const outcome = litellmAdapter.parse(text, { observedAt: "2026-08-01T00:00:00Z" });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.sheet;
}

const sheetOf = (map: object) => readText(JSON.stringify(map));
const acme = { litellm_provider: "acme", input_cost_per_token: 3e-6, output_cost_per_token: 15e-6 };

function linesOf(offer: Offer | undefined): string[] {
  return (offer?.charges ?? []).map((charge) => `${chargeKey(charge)} ${charge.amount}`);
}

function readEntry(fields: object) {
  const { offers, rejects } = sheetOf({ one: { litellm_provider: "acme", ...fields } });
  return { lines: linesOf(offers.find(({ variant }) => variant === "default")), offers, rejects };
}

test("an entry is an offer of its seller, without the seller's prefix in the model", () => {
  expect(sheetOf({ "acme/one": acme }).offers).toEqual([
    {
      seller: "acme",
      model: "one",
      variant: "default",
      listing: "acme/one",
      state: "priced",
      charges: [
        { meter: "input", unit: "token", amount: "0.000003" },
        { meter: "output", unit: "token", amount: "0.000015" },
      ],
    },
  ]);
});

test("the prefix stays when the short name is another entry of the same seller", () => {
  const models = (map: object) => sheetOf(map).offers.map(({ seller, model }) => `${seller} ${model}`);
  expect(models({ "acme/one": acme, one: acme })).toEqual(["acme acme/one", "acme one"]);
  expect(models({ "acme/one": acme, one: { ...acme, litellm_provider: "other" } })).toEqual(["acme one", "other one"]);
  expect(models({ "acme/toString": acme })).toEqual(["acme toString"]);
});

test("reserved keys are no models", () => {
  const { offers, skipped, rejects } = sheetOf({
    sample_spec: { input_cost_per_token: "USD" },
    fallback_generalizations: {},
    last_updated: "today",
    one: acme,
  });
  expect(offers).toHaveLength(1);
  expect(skipped).toEqual({ reserved: 3 });
  expect(rejects).toEqual([]);
});

test("every declared field has its own meter and unit, but for older names", () => {
  const keys = litellmAdapter.units.map((declaration) => chargeKey(declaration));
  expect(keys.length - new Set(keys).size).toBe(1);
});

test("the one-hour cache price is a meter, not a tier", () => {
  expect(
    readEntry({
      cache_creation_input_token_cost: 1,
      cache_creation_input_token_cost_above_1hr: 2,
      cache_creation_input_token_cost_above_1hr_above_200k_tokens: 4,
    }).lines,
  ).toEqual(["cache_write/token 1", "cache_write_1h/token 2", "cache_write_1h/token>200000 4"]);
});

test("suffixes are tiers, by tokens or by seconds", () => {
  expect(
    readEntry({
      input_cost_per_token: 1,
      input_cost_per_token_above_128k_tokens: 2,
      input_cost_per_token_above_272k_tokens: 3,
      input_cost_per_video_per_second_above_8s_interval: 4,
    }).lines,
  ).toEqual(["input/token 1", "input/token>128000 2", "input/token>272000 3", "input_video/second>8seconds 4"]);
});

test("flex, priority and batch prices are offers of their own for the same model", () => {
  const { offers } = sheetOf({
    one: {
      ...acme,
      input_cost_per_token_flex: 1,
      input_cost_per_token_batches: 2,
      input_cost_per_token_above_200k_tokens_priority: 3,
    },
  });
  expect(offers.map((offer) => [offer.model, offer.variant, ...linesOf(offer)])).toEqual([
    ["one", "default", "input/token 0.000003", "output/token 0.000015"],
    ["one", "flex", "input/token 1"],
    ["one", "batch", "input/token 2"],
    ["one", "priority", "input/token>200000 3"],
  ]);
});

test("the older name of the cache price counts only when the newer is absent", () => {
  expect(readEntry({ input_cost_per_token_cache_hit: 1, cache_read_input_token_cost: 2 }).lines).toEqual([
    "cache_read/token 2",
  ]);
  expect(readEntry({ input_cost_per_token_cache_hit: 1, cache_read_input_token_cost: null }).lines).toEqual([
    "cache_read/token 1",
  ]);
});

test("prices per thousand become prices per one", () => {
  expect(readEntry({ computer_use_input_cost_per_1k_tokens: 0.003, file_search_cost_per_1k_calls: 2.5 }).lines).toEqual(
    ["file_search/call 0.0025", "computer_use_input/token 0.000003"],
  );
});

test("a search costs one price when all context sizes cost the same", () => {
  const search = (low: unknown, medium: unknown, high: unknown) =>
    readEntry({
      search_context_cost_per_query: {
        search_context_size_low: low,
        search_context_size_medium: medium,
        search_context_size_high: high,
      },
    }).lines;
  expect(search(0.01, 0.01, "1e-2")).toEqual(["web_search/search 0.01"]);
  expect(search(0.01, 0.02, 0.03)).toEqual([
    "web_search_low/search 0.01",
    "web_search_medium/search 0.02",
    "web_search_high/search 0.03",
  ]);
  expect(search(0.01, undefined, undefined)).toEqual(["web_search_low/search 0.01"]);
});

test("a tiered price starts with its base, and each range begins above the one before", () => {
  const text = `{"one": {"litellm_provider": "acme", "tiered_pricing": [
    {"range": [0, 32000.0], "input_cost_per_token": 1e-6, "output_cost_per_reasoning_token": 4e-6},
    {"range": [32000.0, 256000.0], "input_cost_per_token": 2e-6}]}}`;
  expect(linesOf(readText(text).offers[0])).toEqual([
    "input/token 0.000001",
    "input/token>32000 0.000002",
    "reasoning/token 0.000004",
  ]);
});

test("a price by number of results is a tier by results", () => {
  const tiers = [
    { max_results_range: [1, 10], input_cost_per_query: 0.01 },
    { max_results_range: [11, 20], input_cost_per_query: 0.02 },
  ];
  expect(readEntry({ tiered_pricing: tiers }).lines).toEqual(["search/search 0.01", "search/search>10results 0.02"]);
});

test("off-peak prices hold in their hours, which may be several and may wrap midnight", () => {
  const off = { hours_utc: ["16:30-00:30", "02:00-03:00"], input_cost_per_token: 1e-6 };
  expect(readEntry({ input_cost_per_token: 2e-6, off_peak_pricing: off }).lines).toEqual([
    "input/token 0.000002",
    "input/token@02:00-03:00 0.000001",
    "input/token@16:30-00:30 0.000001",
  ]);
});

test("off-peak prices on certain weekdays are refused, and the rest counts", () => {
  const off = { windows: [{ days: ["sat"] }], input_cost_per_token: 1e-6 };
  const { lines, rejects } = readEntry({ input_cost_per_token: 2e-6, off_peak_pricing: off });
  expect(lines).toEqual(["input/token 0.000002"]);
  expect(rejects).toMatchObject([{ path: "one.off_peak_pricing", reason: "unit_unknown" }]);
});

test("a tier under a condition we do not know is refused", () => {
  const tiers = [{ range: [0, 10], thinking: true, input_cost_per_token: 1 }];
  expect(readEntry({ tiered_pricing: tiers }).rejects).toMatchObject([
    { path: "one.tiered_pricing[0]", reason: "unit_unknown" },
  ]);
});

test("prices in Databricks units are no prices in USD, and no fault", () => {
  const { lines, rejects } = readEntry({
    input_cost_per_token: 1,
    input_dbu_cost_per_token: 5,
    output_db_cost_per_token: 5,
  });
  expect(lines).toEqual(["input/token 1"]);
  expect(rejects).toEqual([]);
});

test("a field that looks like a price and is not declared is refused, never guessed", () => {
  const { lines, rejects } = readEntry({
    input_cost_per_token: 1,
    input_cost_per_parsec: 2,
    peak_pricing: {},
    unit_price: 3,
    max_tokens: 4,
  });
  expect(lines).toEqual(["input/token 1"]);
  expect(rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
    "one.input_cost_per_parsec unit_unknown",
    "one.peak_pricing unit_unknown",
    "one.unit_price unit_unknown",
  ]);
});

test("all zero is unknown, and a zero beside a price is a price", () => {
  expect(readEntry({ input_cost_per_token: 0, output_cost_per_token: 0.0 }).offers).toMatchObject([
    { state: "unknown", charges: [] },
  ]);
  expect(readEntry({ input_cost_per_token: 1, output_cost_per_token: 0 }).lines).toEqual([
    "input/token 1",
    "output/token 0",
  ]);
  expect(readEntry({}).offers).toMatchObject([{ state: "unknown", charges: [] }]);
});

test.each([
  ["input_cost_per_token", "soon", "not_a_number", "input_cost_per_token"],
  ["output_cost_per_token_flex", -1, "negative", "output_cost_per_token_flex"],
  ["input_cost_per_token", [1], "schema", "input_cost_per_token"],
  ["tiered_pricing", [{ range: ["a"], input_cost_per_token: 1 }], "schema", "tiered_pricing[0].range"],
  ["off_peak_pricing", { hours_utc: "25:00-26:00" }, "schema", "off_peak_pricing.hours_utc"],
  ["search_context_cost_per_query", 3, "schema", "search_context_cost_per_query"],
])("a bad %s is one reject, and every variant of the entry carries it as a fault", (field, value, reason, path) => {
  const { offers, rejects } = sheetOf({ one: { ...acme, input_cost_per_token_batches: 1, [field]: value }, two: acme });
  expect(rejects).toMatchObject([{ path: `one.${path}`, reason }]);
  const faulty = offers.filter(({ model }) => model === "one");
  expect(faulty.map(({ variant }) => variant).slice(0, 2)).toEqual(["default", "batch"]);
  expect(faulty.every(({ faults }) => faults?.[0]?.path === `one.${path}`)).toBe(true);
  expect(offers.filter(({ faults }) => faults === undefined).map(({ model }) => model)).toEqual(["two"]);
});

test("two amounts for one line are refused; the same amount twice is not", () => {
  const tiers = (amount: number) => ({
    input_cost_per_token: 1,
    tiered_pricing: [{ range: [0, 10], input_cost_per_token: amount }],
  });
  expect(readEntry(tiers(2)).rejects).toMatchObject([{ reason: "duplicate" }]);
  expect(readEntry(tiers(1)).lines).toEqual(["input/token 1"]);
});

test("an entry without a seller, or that is no object, is a reject", () => {
  const { offers, rejects } = sheetOf({ one: { mode: "chat" }, two: "x", "": acme, "a\u0007": acme, ok: acme });
  expect(offers).toHaveLength(1);
  expect(rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
    "one.litellm_provider schema",
    "two schema",
    " schema",
    "a\uFFFD schema",
  ]);
});

test("an entry given twice counts once, with its last price, and is a reject", () => {
  const entry = (cost: number) => `"one": {"litellm_provider": "acme", "input_cost_per_token": ${cost}}`;
  const { offers, rejects } = readText(`{${entry(1)}, ${entry(2)}}`);
  expect(linesOf(offers[0])).toEqual(["input/token 2"]);
  expect(rejects).toMatchObject([{ path: "one", reason: "duplicate" }]);
});

test("an entry named __proto__ is an entry like any other", () => {
  const { offers } = readText('{"__proto__": {"litellm_provider": "acme", "input_cost_per_token": 1}}');
  expect(offers).toMatchObject([{ model: "__proto__", state: "priced" }]);
});

test.each([
  ["[]", "wrong_root"],
  ['{"error": "rate limited"}', "wrong_root"],
  ["{}", "empty"],
  ['{"sample_spec": {}}', "empty"],
  ["<html>", "not_json"],
  ['{"one": {"litellm', "truncated"],
])("%s is the problem %s of the whole document", (text, code) => {
  expect(litellmAdapter.parse(text, { observedAt: "2026-08-01T00:00:00Z" })).toMatchObject({
    ok: false,
    problem: { code },
  });
});
