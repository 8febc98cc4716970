import { expect, test } from "vitest";
import { chargeKey } from "#/price/charge.ts";
import type { Offer } from "#/price/offer.ts";
import { litellmAdapter } from "#/sources/litellm.ts";
import { cutUnreadFields } from "#/sources/unread-fields.ts";

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
  expect(keys.length - new Set(keys).size).toBe(2);
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

/** The price fields that LiteLLM's own check of its map has allowed since February 2025, without tiers and service tiers. */
const ALLOWED_FIELDS = `
  annotation_cost_per_page annotation_cost_per_page_batches cache_creation_input_audio_token_cost
  cache_creation_input_token_cost cache_creation_input_token_cost_above_1hr
  cache_creation_input_token_cost_above_1hr_above_200k_tokens cache_creation_input_token_cost_above_272k_tokens_flex
  cache_creation_input_token_cost_ultrafast cache_read_input_audio_token_cost cache_read_input_image_token_cost
  cache_read_input_token_cost cache_read_input_token_cost_above_272k_tokens_priority
  cache_read_input_token_cost_per_audio_token citation_cost_per_token code_interpreter_cost_per_session
  computer_use_input_cost_per_1k_tokens computer_use_output_cost_per_1k_tokens file_search_cost_per_1k_calls
  file_search_cost_per_gb_per_day google_maps_grounding_cost_per_query input_cost_per_audio_per_second
  input_cost_per_audio_per_second_above_128k_tokens input_cost_per_audio_token input_cost_per_audio_token_batches
  input_cost_per_audio_token_priority input_cost_per_character input_cost_per_character_above_128k_tokens
  input_cost_per_image input_cost_per_image_above_128k_tokens input_cost_per_image_token
  input_cost_per_image_token_batches input_cost_per_pixel input_cost_per_query input_cost_per_request
  input_cost_per_second input_cost_per_token input_cost_per_token_above_32k_tokens
  input_cost_per_token_above_272k_tokens_batches input_cost_per_token_batch_requests input_cost_per_token_batches
  input_cost_per_token_cache_hit input_cost_per_token_flex input_cost_per_token_priority
  input_cost_per_token_ultrafast input_cost_per_video_per_second input_cost_per_video_per_second_above_15s_interval
  input_cost_per_video_token ocr_cost_per_credit ocr_cost_per_page ocr_cost_per_page_batches
  output_cost_per_audio_per_second output_cost_per_audio_token output_cost_per_character output_cost_per_image
  output_cost_per_image_0.5K output_cost_per_image_1024 output_cost_per_image_1536 output_cost_per_image_1K
  output_cost_per_image_2K output_cost_per_image_4K output_cost_per_image_512
  output_cost_per_image_above_1024_and_1024_pixels
  output_cost_per_image_above_1024_and_1024_pixels_and_premium_image
  output_cost_per_image_above_512_and_512_pixels output_cost_per_image_above_512_and_512_pixels_and_premium_image
  output_cost_per_image_premium_image output_cost_per_image_token output_cost_per_image_token_batches
  output_cost_per_pixel output_cost_per_reasoning_token output_cost_per_reasoning_token_flex output_cost_per_second
  output_cost_per_second_1080p output_cost_per_second_2k output_cost_per_second_480p output_cost_per_second_4k
  output_cost_per_second_720p output_cost_per_second_768p output_cost_per_token output_cost_per_token_ultrafast
  output_cost_per_video_per_second output_cost_per_video_token vector_store_cost_per_gb_per_day`
  .trim()
  .split(/\s+/);

test.each(ALLOWED_FIELDS)("LiteLLM's price field %s is read", (field) => {
  const { offers, rejects } = readEntry({ [field]: 0.001 });
  expect(rejects).toEqual([]);
  expect(offers.flatMap(({ charges }) => charges)).toHaveLength(1);
});

test("an image costs by its size and quality, each a line of its own", () => {
  const { lines } = readEntry({
    output_cost_per_image: 0.01,
    output_cost_per_image_premium_image: 0.02,
    output_cost_per_image_above_512_and_512_pixels: 0.03,
    output_cost_per_image_above_1024_and_1024_pixels_and_premium_image: 0.04,
    cache_read_input_image_token_cost: 2e-6,
    google_maps_grounding_cost_per_query: 0.014,
  });
  expect(lines).toEqual([
    "cache_read_image/token 0.000002",
    "output_image/image 0.01",
    "output_image_premium/image 0.02",
    "output_image_above_512/image 0.03",
    "output_image_above_1024_premium/image 0.04",
    "maps_grounding/search 0.014",
  ]);
});

test("a field that may move a price is counted with a sample, and neither a reject nor a fault", () => {
  const moved = { ...acme, surge: { weekend: [{ times: "1.5" }] } };
  const sheet = sheetOf({
    one: { ...moved, max_tokens: 5, supports_vision: true, metadata: { per_hour: 1 }, new_flag: true, note: "text" },
    two: {
      ...moved,
      provider_specific_entry: { bedrock_invocation_schema: "titan" },
      web_search_billing_unit: "per_query",
    },
    three: { ...acme, provider_specific_entry: { weekends: 1.1 } },
  });
  const moving = (field: string, count: number, at: string, value: string) => ({
    field,
    reason: "may_move_price",
    count,
    path: `${at}.${field}`,
    value,
  });
  expect(sheet.unreadFields).toEqual([
    moving("surge", 2, "one", '{"weekend":[{"times":"1.5"}]}'),
    moving("web_search_billing_unit", 1, "two", "per_query"),
    moving("provider_specific_entry.weekends", 1, "three", "1.1"),
  ]);
  expect(sheet.rejects).toEqual([]);
  expect(sheet.offers.map(({ state }) => state)).toEqual(["priced", "priced", "priced"]);
  expect(sheet.offers.every(({ faults }) => faults === undefined)).toBe(true);
});

test("a refused field is named with its count, where the first one is, and what it holds there", () => {
  const { unreadFields } = sheetOf({
    one: { ...acme, input_cost_per_parsec: { deep: "x".repeat(200) }, output_cost_per_token_flex: -1 },
    two: { ...acme, input_cost_per_parsec: 3 },
    three: 3,
  });
  expect(unreadFields).toMatchObject([
    { field: "input_cost_per_parsec", reason: "unit_unknown", count: 2, path: "one.input_cost_per_parsec" },
    { field: "output_cost_per_token_flex", reason: "negative", count: 1, value: "-1" },
    { field: "", reason: "schema", count: 1, path: "three", value: "not an object: 3" },
  ]);
  expect(unreadFields[0]?.value).toMatch(/^\{"deep":"x+…$/);
  expect(unreadFields[0]?.value).toHaveLength(80);
});

test("a document of nothing but strange fields is named in a list that ends, and in a log that fits a page", () => {
  const strange = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`cost_${index}`, index]));
  const { rejects, unreadFields } = sheetOf({ one: { ...acme, ...strange } });
  expect(rejects).toHaveLength(3000);
  for (const [fields, most] of [
    [unreadFields, 1001],
    [cutUnreadFields(unreadFields), 51],
  ] as const) {
    expect(fields.length).toBeLessThanOrEqual(most);
    expect(fields.reduce((sum, { count }) => sum + count, 0)).toBe(3000);
  }
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
