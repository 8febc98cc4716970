import { expect, test } from "vitest";
import { decimal } from "#/price/decimal.ts";
import { litellmAdapter } from "#/sources/litellm.ts";
import { writeLitellm } from "#/sources/write-litellm.ts";

function readOffers(text: string) {
  const outcome = litellmAdapter.parse(text, { observedAt: "2026-08-01T00:00:00Z" });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.sheet.offers;
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
    mode: "image_generation",
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
  "bedrock/us-east-1/acme.m": {
    litellm_provider: "bedrock",
    input_cost_per_token: 2e-6,
    output_cost_per_token: 8e-6,
  },
  drawing: { litellm_provider: "acme", mode: "image_generation", output_cost_per_image: 0.04 },
  listening: { litellm_provider: "acme", mode: "audio_transcription", input_cost_per_second: 0.0001 },
};

test("what was read from LiteLLM's map and is written in its shape is read again as the same prices", () => {
  const offers = readOffers(JSON.stringify(MAP));
  expect(offers.length).toBeGreaterThan(8);
  expect(offers.every(({ charges }) => charges.length > 0)).toBe(true);
  const { text, omitted } = writeLitellm(offers);
  expect(omitted).toBe(0);
  expect(readOffers(text)).toEqual(offers);
  expect(text).toContain("output_cost_per_image_above_1024_and_1024_pixels_and_premium_image");
  // Exact digits, not what a float makes of them.
  expect(text).toContain("0.0000015625");
});

test("a charge that LiteLLM has no field for is counted, not bent into another", () => {
  const { text, omitted } = writeLitellm([
    {
      seller: "acme",
      model: "odd",
      variant: "default",
      listing: undefined,
      charges: [
        { meter: "input", unit: "token", amount: decimal("0.000001") },
        { meter: "vector_store", unit: "gb_day", amount: decimal("0.1"), tier: { above: 7 } },
      ],
    },
  ]);
  expect(omitted).toBe(1);
  expect(JSON.parse(text)).toEqual({ "acme/odd": { litellm_provider: "acme", input_cost_per_token: 0.000001 } });
});

test("a variant under a condition never writes over its entry; what the shape can't say is counted", () => {
  const sheet = (input: string) => [{ meter: "input" as const, unit: "token" as const, amount: decimal(input) }];
  const key = { seller: "acme", model: "m", listing: "m" };
  const { text, omitted } = writeLitellm([
    { ...key, variant: "region=eu", charges: sheet("0.0000033") },
    { ...key, variant: "default", charges: sheet("0.000003") },
    { ...key, variant: "region=moon-1", charges: sheet("0.000006") },
    { ...key, variant: "speed=fast+region=eu", charges: sheet("0.9") },
  ]);
  expect(omitted).toBe(2);
  expect(JSON.parse(text)).toEqual({
    m: { litellm_provider: "acme", input_cost_per_token: 0.000003, regional_processing_uplift_multiplier_eu: 1.1 },
  });
});

const sheet = (input: string) => [{ meter: "input" as const, unit: "token" as const, amount: decimal(input) }];
const listed = { seller: "acme", model: "m", listing: "m" };
const priceOf = (value: number) => ({ litellm_provider: "acme", input_cost_per_token: value });

test("a factor is written only when everything that is read from it is in force at that price", () => {
  const base = [
    { ...listed, variant: "default", charges: sheet("0.000002") },
    { ...listed, variant: "flex", charges: sheet("0.000001") },
    { ...listed, variant: "region=eu", charges: sheet("0.0000022") },
  ];
  const entry = { ...priceOf(0.000002), input_cost_per_token_flex: 0.000001 };
  const flexOf = (amount: string) => ({ ...listed, variant: "flex+region=eu", charges: sheet(amount) });
  const written = (offers: Parameters<typeof writeLitellm>[0]) => {
    const { text, omitted } = writeLitellm(offers);
    return { m: (JSON.parse(text) as Record<string, unknown>)["m"], omitted };
  };
  expect(written([...base, flexOf("0.0000011")])).toEqual({
    m: { ...entry, regional_processing_uplift_multiplier_eu: 1.1 },
    omitted: 0,
  });
  // Pinned at another price, or held: the factor would say a price of it that is not in force.
  expect(written([...base, flexOf("0.000005")])).toEqual({ m: entry, omitted: 2 });
  expect(written(base)).toEqual({ m: entry, omitted: 1 });
});

test("a variant that the entry has no fields for is never written over the entry", () => {
  const { text, omitted } = writeLitellm([
    { ...listed, variant: "default", charges: sheet("0.000002") },
    { ...listed, variant: "thinking", charges: sheet("0.000009") },
    { ...listed, listing: undefined, variant: "region=eu", charges: sheet("0.000004") },
    { ...listed, listing: undefined, variant: "speed=fast", charges: sheet("0.000005") },
  ]);
  expect(JSON.parse(text)).toEqual({ m: priceOf(0.000002), "acme/m:thinking": priceOf(0.000009) });
  expect(omitted).toBe(2);
});

test("Anthropic's factors go where LiteLLM reads them for Anthropic, and a speed within a region's own key keeps its field", () => {
  const map = {
    "claude-x": { ...priceOf(0.000002), litellm_provider: "anthropic", provider_specific_entry: { us: 1.1, fast: 6 } },
    "azure/eu/m": { ...priceOf(0.000003), litellm_provider: "azure", input_cost_per_token_ultrafast: 0.00001 },
  };
  const offers = readOffers(JSON.stringify(map));
  const { text, omitted } = writeLitellm(offers);
  expect(omitted).toBe(0);
  expect(JSON.parse(text)).toEqual(map);
});

test("a key of a region takes no price of another region, nor one of none", () => {
  const own = { seller: "azure", model: "m", listing: "azure/eu/m" };
  const { text, omitted } = writeLitellm([
    { ...own, variant: "region=eu", charges: sheet("0.000002") },
    { ...own, variant: "batch+region=eu", charges: sheet("0.000001") },
    { ...own, variant: "region=us", charges: sheet("0.000003") },
    { ...own, variant: "default", charges: sheet("0.000009") },
  ]);
  expect(omitted).toBe(2);
  expect(JSON.parse(text)).toEqual({
    "azure/eu/m": { litellm_provider: "azure", input_cost_per_token: 0.000002, input_cost_per_token_batches: 0.000001 },
  });
});
