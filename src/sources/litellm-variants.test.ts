import { expect, test } from "vitest";
import { litellmAdapter } from "#/sources/litellm.ts";

function sheetOf(map: object) {
  const outcome = litellmAdapter.parse(JSON.stringify(map), { observedAt: "2026-08-01T00:00:00Z" });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.sheet;
}

const lines = (offers: ReturnType<typeof sheetOf>["offers"]) =>
  offers.map(({ model, variant, listing, charges, derivedFrom = "" }) =>
    `${listing} ${model} ${variant} ${charges.map(({ meter, amount }) => `${meter} ${amount}`).join(" ")} ${derivedFrom}`.trimEnd(),
  );
const priced = { litellm_provider: "acme", input_cost_per_token: 0.000003, output_cost_per_token: 0.000015 };

test("a factor gives the variants under its condition, exact and marked, and multiplies token prices only", () => {
  const { offers, unreadFields, rejects } = sheetOf({
    uplift: {
      ...priced,
      input_cost_per_token_batches: 0.0000015,
      input_cost_per_query: 0.01,
      regional_processing_uplift_multiplier_eu: 1.1,
    },
    specific: { ...priced, provider_specific_entry: { us: 1.1, fast: 6, bedrock_invocation_schema: "titan" } },
  });
  expect(lines(offers)).toEqual([
    "uplift uplift default input 0.000003 output 0.000015 search 0.01",
    "uplift uplift batch input 0.0000015",
    "uplift uplift region=eu input 0.0000033 output 0.0000165 search 0.01 regional_processing_uplift_multiplier_eu",
    "uplift uplift batch+region=eu input 0.00000165 regional_processing_uplift_multiplier_eu",
    "specific specific default input 0.000003 output 0.000015",
    "specific specific speed=fast input 0.000018 output 0.00009 provider_specific_entry.fast",
    "specific specific region=us input 0.0000033 output 0.0000165 provider_specific_entry.us",
    "specific specific region=us+speed=fast input 0.0000198 output 0.000099 provider_specific_entry.fast, provider_specific_entry.us",
  ]);
  expect([unreadFields, rejects]).toEqual([[], []]);
});

test.each([[-1.1], ["much"], [0]])("a factor of %j is a bad field, and nothing is worked out from it", (factor) => {
  const { offers, rejects } = sheetOf({ one: { ...priced, regional_processing_uplift_multiplier_eu: factor } });
  expect(offers.map(({ variant, faults }) => [variant, faults?.length])).toEqual([["default", 1]]);
  expect(rejects).toMatchObject([{ path: "one.regional_processing_uplift_multiplier_eu", reason: "not_a_number" }]);
});

test("a key that names a region is that model in that region; an inference profile and reserved capacity are not", () => {
  const of = (litellm_provider: string) => ({ ...priced, litellm_provider });
  const { offers } = sheetOf({
    "anthropic.claude-x": of("bedrock"),
    "us.anthropic.claude-x": of("bedrock"),
    "bedrock/us-east-1/anthropic.claude-x": of("bedrock"),
    "bedrock/us-gov-west-1/anthropic.claude-x": of("bedrock"),
    "bedrock/us-east-1/1-month-commitment/anthropic.claude-x": of("bedrock"),
    "azure/eu/gpt-x": of("azure"),
    "azure/global-standard/gpt-x": of("azure"),
    "azure/low/1024-x-1024/image-x": of("azure"),
    "meta-llama/us-model": of("together_ai"),
  });
  expect(offers.map(({ model, variant }) => `${model} ${variant}`)).toEqual([
    "anthropic.claude-x default",
    "us.anthropic.claude-x default",
    "anthropic.claude-x region=us-east-1",
    "anthropic.claude-x region=us-gov-west-1",
    "us-east-1/1-month-commitment/anthropic.claude-x default",
    "gpt-x region=eu",
    "gpt-x region=global-standard",
    "low/1024-x-1024/image-x default",
    "meta-llama/us-model default",
  ]);
});

test("a key of a region keeps its own price: no factor multiplies it again, and none is passed over in silence", () => {
  const { offers, rejects, unreadFields } = sheetOf({
    "azure/eu/m": {
      ...priced,
      litellm_provider: "azure",
      regional_processing_uplift_multiplier_us: 1.1,
      provider_specific_entry: { fast: 2 },
    },
  });
  expect(lines(offers)).toEqual([
    "azure/eu/m m region=eu input 0.000003 output 0.000015",
    "azure/eu/m m region=eu+speed=fast input 0.000006 output 0.00003 provider_specific_entry.fast",
  ]);
  expect(rejects).toEqual([]);
  expect(unreadFields).toMatchObject([
    { field: "regional_processing_uplift_multiplier_us", reason: "may_move_price", count: 1 },
  ]);
});

test("what one key states outright, no factor of another key says as well", () => {
  const azure = { ...priced, litellm_provider: "azure" };
  const { offers } = sheetOf({
    "azure/m": { ...azure, input_cost_per_token_batches: 0.000001, regional_processing_uplift_multiplier_eu: 1.1 },
    "azure/eu/m": { ...azure, input_cost_per_token: 0.000009 },
  });
  expect(lines(offers)).toEqual([
    "azure/m m default input 0.000003 output 0.000015",
    "azure/m m batch input 0.000001",
    "azure/m m batch+region=eu input 0.0000011 regional_processing_uplift_multiplier_eu",
    "azure/eu/m m region=eu input 0.000009 output 0.000015",
  ]);
});

test("nothing is worked out from an unknown price, nor from a factor that is null", () => {
  const { offers, rejects } = sheetOf({
    none: { litellm_provider: "acme", input_cost_per_token: 0, regional_processing_uplift_multiplier_eu: 1.1 },
    absent: { ...priced, provider_specific_entry: { us: null }, regional_processing_uplift_multiplier_us: null },
  });
  expect(offers.map(({ model, variant, state }) => [model, variant, state])).toEqual([
    ["none", "default", "unknown"],
    ["absent", "default", "priced"],
  ]);
  expect(rejects).toEqual([]);
});
