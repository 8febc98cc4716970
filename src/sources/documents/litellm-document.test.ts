import { expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { addProvider } from "#/sources/documents/add-provider.ts";
import { compileDocument } from "#/sources/documents/compile-document.ts";
import type { Addition, EntryPrice } from "#/sources/documents/document.ts";
import { buildDocument, writeDocument } from "#/sources/documents/write-document.ts";
import { litellmAdapter } from "#/sources/litellm.ts";
import { CATALOGUE_DOCUMENTS } from "#/testing/catalogue-documents.ts";

const OBSERVED_AT = "2026-08-01T00:00:00Z";

function readOffers(text: string) {
  const outcome = litellmAdapter.parse(text, { observedAt: OBSERVED_AT });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  // What the map says beside prices is copied.
  return outcome.sheet.offers.map(({ facts: _facts, ...offer }) => offer);
}

const sheet = (input: string): Charge[] => [{ meter: "input", unit: "token", amount: decimal(input) }];
const priced = (...charges: Charge[]): EntryPrice => ({ state: "priced", charges });
const rate = (variant: string, charges: readonly Charge[]): Addition => ({
  seller: "acme",
  listedAs: "acme",
  model: "m",
  variant,
  state: "priced",
  charges,
  facts: {},
});
const priceOf = (value: number) => ({ litellm_provider: "acme", input_cost_per_token: value });

/** The entries of a map that is written with prices by variant; a variant without one keeps its word. */
function rewrite(map: unknown, prices: Readonly<Record<string, EntryPrice>>) {
  const template = compileDocument("litellm", JSON.stringify(map, undefined, 2), OBSERVED_AT);
  const written = writeDocument(template, { priceOf: ({ variant }) => prices[variant] ?? "keep" });
  return { ...written, map: JSON.parse(written.text) as Record<string, unknown> };
}

function build(rates: readonly Addition[]) {
  const { text, omitted } = buildDocument("litellm", rates);
  return { map: JSON.parse(text) as unknown, omitted };
}

const MAP = {
  "acme/plain": { litellm_provider: "acme", input_cost_per_token: 3e-6, output_cost_per_token: 15e-6 },
  cached: {
    litellm_provider: "acme",
    input_cost_per_token: 1.25e-6,
    output_cost_per_token: 1e-5,
    cache_read_input_token_cost: 1.25e-7,
    cache_creation_input_token_cost: 1.5625e-6,
  },
  tiered: {
    litellm_provider: "acme",
    input_cost_per_token: 1.25e-6,
    input_cost_per_token_above_200k_tokens: 2.5e-6,
    output_cost_per_token: 1e-5,
    output_cost_per_token_above_200k_tokens: 1.5e-5,
  },
  cheaper: {
    litellm_provider: "acme",
    input_cost_per_token: 2e-6,
    output_cost_per_token: 8e-6,
    input_cost_per_token_batches: 1e-6,
    output_cost_per_token_batches: 4e-6,
    input_cost_per_token_priority: 3.5e-6,
    output_cost_per_token_priority: 14e-6,
  },
  searching: {
    litellm_provider: "acme",
    input_cost_per_token: 3e-6,
    output_cost_per_token: 15e-6,
    search_context_cost_per_query: {
      search_context_size_low: 0.006,
      search_context_size_medium: 0.008,
      search_context_size_high: 0.012,
    },
  },
  sized: {
    litellm_provider: "acme",
    input_cost_per_token: 5e-6,
    cache_read_input_image_token_cost: 2e-6,
    google_maps_grounding_cost_per_query: 0.014,
    output_cost_per_image: 0.04,
    output_cost_per_image_premium_image: 0.05,
    output_cost_per_image_above_512_and_512_pixels: 0.06,
    output_cost_per_image_above_1024_and_1024_pixels_and_premium_image: 0.07,
    "output_cost_per_image_0.5K": 0.03,
    output_cost_per_image_1024: 0.045,
    output_cost_per_second_480p: 0.1,
    output_cost_per_token_ultrafast: 6e-5,
  },
  uplifted: {
    litellm_provider: "acme",
    input_cost_per_token: 2e-6,
    output_cost_per_token: 8e-6,
    input_cost_per_query: 0.01,
    input_cost_per_token_batches: 1e-6,
    output_cost_per_token_batches: 4e-6,
    regional_processing_uplift_multiplier_eu: 1.1,
    regional_processing_uplift_multiplier_us: 1.05,
  },
  quick: {
    litellm_provider: "acme",
    input_cost_per_token: 2e-6,
    output_cost_per_token: 8e-6,
    provider_specific_entry: { fast: 6 },
  },
  drawing: { litellm_provider: "acme", mode: "image_generation", output_cost_per_image: 0.04 },
  listening: { litellm_provider: "acme", mode: "audio_transcription", input_cost_per_second: 0.0001 },
};

test("a map that is built from the prices of LiteLLM's own is read again as the same prices", () => {
  const offers = readOffers(JSON.stringify(MAP));
  expect(offers.length).toBeGreaterThan(8);
  const { text, omitted } = buildDocument(
    "litellm",
    offers.map((offer) => ({ ...offer, listedAs: offer.seller, facts: {} })),
  );
  expect(omitted).toBe(0);
  const withoutListing = (list: ReturnType<typeof readOffers>) => list.map((offer) => ({ ...offer, listing: "" }));
  expect(withoutListing(readOffers(text))).toEqual(withoutListing(offers));
  expect(text).toContain("output_cost_per_image_above_1024_and_1024_pixels_and_premium_image");
  // Exact digits, not what a float makes of them.
  expect(text).toContain("0.0000015625");
});

test("a charge that LiteLLM has no field for is counted, not bent into another", () => {
  const odd: Charge = { meter: "vector_store", unit: "gb_day", amount: decimal("0.1"), tier: { above: 7 } };
  expect(build([rate("default", [...sheet("0.000001"), odd])])).toEqual({
    map: { "acme/m": priceOf(0.000001) },
    omitted: 1,
  });
  expect(rewrite({ m: priceOf(0.000001) }, { default: priced(...sheet("0.000002"), odd) })).toMatchObject({
    map: { m: priceOf(0.000002) },
    omitted: 1,
  });
});

test("a variant under a condition never writes over its entry; what the shape can't say is counted", () => {
  const { map, omitted } = build([
    rate("region=eu", sheet("0.0000033")),
    rate("default", sheet("0.000003")),
    rate("region=moon-1", sheet("0.000006")),
    rate("speed=fast+region=eu", sheet("0.9")),
  ]);
  expect(omitted).toBe(2);
  expect(map).toEqual({ "acme/m": { ...priceOf(0.000003), regional_processing_uplift_multiplier_eu: 1.1 } });
});

test("a factor is written only when everything that is read from it is in force at exactly that price", () => {
  const base = [
    rate("default", sheet("0.000002")),
    rate("flex", sheet("0.000001")),
    rate("region=eu", sheet("0.0000022")),
  ];
  const entry = { ...priceOf(0.000002), input_cost_per_token_flex: 0.000001 };
  expect(build([...base, rate("flex+region=eu", sheet("0.0000011"))])).toEqual({
    map: { "acme/m": { ...entry, regional_processing_uplift_multiplier_eu: 1.1 } },
    omitted: 0,
  });
  // Pinned at another price, or held: the factor would say a price of it that is not in force.
  expect(build([...base, rate("flex+region=eu", sheet("0.000005"))])).toEqual({ map: { "acme/m": entry }, omitted: 2 });
  expect(build(base)).toEqual({ map: { "acme/m": entry }, omitted: 1 });
  // The same in an original that has the factor.
  const original = { m: { ...entry, regional_processing_uplift_multiplier_eu: 1.1 } };
  const prices = Object.fromEntries(base.map(({ variant, charges }) => [variant, priced(...charges)]));
  const withFlex = (price: EntryPrice) => rewrite(original, { ...prices, "flex+region=eu": price }).map["m"];
  expect(withFlex(priced(...sheet("0.0000011")))).toEqual(original.m);
  expect(withFlex(priced(...sheet("0.000005")))).toEqual(entry);
  expect(withFlex("withhold")).toEqual(entry);
});

test("a seller's own word is an entry apart, and a condition alone is none", () => {
  expect(
    build([
      rate("default", sheet("0.000002")),
      rate("thinking", sheet("0.000009")),
      { ...rate("region=eu", sheet("0.000004")), model: "other" },
      { ...rate("speed=fast", sheet("0.000005")), model: "other" },
    ]),
  ).toEqual({ map: { "acme/m": priceOf(0.000002), "acme/m:thinking": priceOf(0.000009) }, omitted: 2 });
});

test("Anthropic's factors go where LiteLLM reads them for Anthropic, and a speed within a region's own key keeps its field", () => {
  const anthropic = {
    "anthropic/claude-x": {
      litellm_provider: "anthropic",
      input_cost_per_token: 2e-6,
      provider_specific_entry: {
        us: 1.1,
        fast: 6,
      },
    },
  };
  const offers = readOffers(JSON.stringify(anthropic));
  expect(build(offers.map((offer) => ({ ...offer, listedAs: offer.seller, facts: {} })))).toEqual({
    map: anthropic,
    omitted: 0,
  });
  const region = {
    "azure/eu/m": { ...priceOf(0.000003), litellm_provider: "azure", input_cost_per_token_ultrafast: 0.00001 },
  };
  const prices = {
    "region=eu": priced(...sheet("0.000003")),
    "region=eu+speed=ultrafast": priced(...sheet("0.00002")),
  };
  expect(rewrite(region, prices)).toMatchObject({
    map: { "azure/eu/m": { input_cost_per_token: 0.000003, input_cost_per_token_ultrafast: 0.00002 } },
    omitted: 0,
  });
});

test("a key of a region takes the prices of that region, and the uplifts of others stay as they are", () => {
  const map = {
    "azure/eu/m": {
      litellm_provider: "azure",
      input_cost_per_token: 3e-6,
      input_cost_per_token_batches: 15e-7,
      regional_processing_uplift_multiplier_us: 1.2,
    },
  };
  const prices = { "region=eu": priced(...sheet("0.000002")), "batch+region=eu": priced(...sheet("0.000001")) };
  expect(rewrite(map, prices)).toMatchObject({
    map: {
      "azure/eu/m": {
        litellm_provider: "azure",
        input_cost_per_token: 2e-6,
        input_cost_per_token_batches: 1e-6,
        regional_processing_uplift_multiplier_us: 1.2,
      },
    },
    omitted: 0,
  });
});

const UPLIFTED = {
  m: { ...priceOf(0.000002), regional_processing_uplift_multiplier_eu: 1.1, supports_vision: true },
};

test("a factor of the original follows a price that has changed, or goes when nothing in force can be read from it", () => {
  const eu = (input: string) => ({ "region=eu": priced(...sheet(input)) });
  const said = { default: priced(...sheet("0.000002")), ...eu("0.0000022") };
  expect(rewrite(UPLIFTED, said)).toMatchObject({ map: UPLIFTED, changed: 0 });
  // The default is pinned, and the region is not.
  const pinned = { default: priced(...sheet("0.000001")), ...eu("0.0000022") };
  expect(rewrite(UPLIFTED, pinned).map["m"]).toEqual({
    ...priceOf(1e-6),
    regional_processing_uplift_multiplier_eu: 2.2,
    supports_vision: true,
  });
  const none = { default: priced(...sheet("0.000007")), ...eu("0.000001") };
  expect(rewrite(UPLIFTED, none)).toMatchObject({
    map: { m: { ...priceOf(0.000007), supports_vision: true } },
    omitted: 1,
  });
  expect(rewrite(UPLIFTED, none).map["m"]).not.toHaveProperty("regional_processing_uplift_multiplier_eu");
  const held = { default: priced(...sheet("0.000002")), "region=eu": "withhold" } as const;
  expect(rewrite(UPLIFTED, held).map["m"]).toEqual({ ...priceOf(0.000002), supports_vision: true });
});

test("a factor inside a block leaves the block's other keys as they are", () => {
  const map = { m: { ...priceOf(0.000002), provider_specific_entry: { fast: 6, other: "kept" } } };
  const to = (input: string) => ({ default: priced(...sheet("0.000002")), "speed=fast": priced(...sheet(input)) });
  expect(rewrite(map, to("0.000004")).map["m"]).toMatchObject({ provider_specific_entry: { fast: 2, other: "kept" } });
  expect(rewrite(map, { ...to("0.1"), "speed=fast": "withhold" }).map["m"]).toMatchObject({
    provider_specific_entry: { other: "kept" },
  });
});

test("an older name of a field beside the newer one says the same price, and never comes to life without it", () => {
  const cached = (amount: string): Charge => ({ meter: "cache_read", unit: "token", amount: decimal(amount) });
  const map = {
    m: { ...priceOf(0.000002), cache_read_input_token_cost: 1e-6, input_cost_per_token_cache_hit: 1e-6 },
  };
  expect(rewrite(map, { default: priced(...sheet("0.000002"), cached("0.0000005")) }).map["m"]).toEqual({
    ...priceOf(2e-6),
    cache_read_input_token_cost: 5e-7,
    input_cost_per_token_cache_hit: 5e-7,
  });
  expect(rewrite(map, { default: priced(...sheet("0.000002")) }).map["m"]).toEqual(priceOf(0.000002));
});

test("reserved keys of the map stay as they are, at their places", () => {
  const map = {
    sample_spec: { litellm_provider: "one of many", input_cost_per_token: 0 },
    m: priceOf(0.000001),
    fallback_generalizations: { rules: [{ input_cost_per_token: 1 }] },
  };
  const written = rewrite(map, { default: priced(...sheet("0.000002")) });
  expect(written.map).toEqual({ ...map, m: priceOf(0.000002) });
  expect(Object.keys(written.map)).toEqual(Object.keys(map));
  expect(written.entries).toBe(1);
});

test("windows that no longer share a price leave the block that can say one price only, and are counted", () => {
  const at = (from: string, to: string, amount: string): Charge => ({
    meter: "input",
    unit: "token",
    amount: decimal(amount),
    window: {
      from,
      to,
    },
  });
  const map = {
    m: {
      ...priceOf(0.000002),
      off_peak_pricing: { hours_utc: ["01:00-02:00", "03:00-04:00"], input_cost_per_token: 1e-6 },
    },
  };
  const shared = [at("01:00", "02:00", "0.0000005"), at("03:00", "04:00", "0.0000005")];
  expect(rewrite(map, { default: priced(...sheet("0.000002"), ...shared) })).toMatchObject({
    map: { m: { off_peak_pricing: { hours_utc: ["01:00-02:00", "03:00-04:00"], input_cost_per_token: 5e-7 } } },
    omitted: 0,
  });
  const apart = [at("01:00", "02:00", "0.0000005"), at("03:00", "04:00", "0.0000007")];
  const written = rewrite(map, { default: priced(...sheet("0.000002"), ...apart) });
  expect(written).toMatchObject({ map: { m: priceOf(0.000002) }, omitted: 2 });
  expect(written.map["m"]).not.toHaveProperty("off_peak_pricing");
});

test("for Bifrost each seller is the provider too, limits are whole numbers, and what stands so already stays", () => {
  const text = addProvider(CATALOGUE_DOCUMENTS.litellm);
  const map = JSON.parse(text) as Record<string, Record<string, unknown>>;
  const { sample_spec: _, ...models } = map;
  for (const entry of Object.values(models)) expect(entry["provider"]).toBe(entry["litellm_provider"]);
  expect(addProvider(text)).toBe(text);
  // Bifrost refuses a map with a limit that is no whole number.
  const limits = CATALOGUE_DOCUMENTS.litellm
    .replace('"max_input_tokens": "if the provider specifies it"', '"max_input_tokens": null')
    .replace('"max_output_tokens": 2000000.0', '"max_output_tokens": 2000000');
  expect(text.replaceAll(/, "provider": "[a-z]+"/g, "")).toBe(limits);
});
