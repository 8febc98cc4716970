import { describe, expect, test } from "vitest";
import { readUsage } from "#/price/usage.ts";

describe("a provider's usage object is read as meters that count every token once", () => {
  test.each([
    [
      "OpenAI chat",
      {
        prompt_tokens: 2_006,
        completion_tokens: 300,
        total_tokens: 2_306,
        prompt_tokens_details: { cached_tokens: 1_920, audio_tokens: 6 },
        completion_tokens_details: {
          reasoning_tokens: 192,
          audio_tokens: 8,
          accepted_prediction_tokens: 50,
          rejected_prediction_tokens: 10,
        },
      },
      { input: 80, cache_read: 1_920, input_audio: 6, output: 100, reasoning: 192, output_audio: 8 },
    ],
    ["OpenAI embeddings", { prompt_tokens: 8, total_tokens: 8 }, { input: 8 }],
    [
      "OpenAI responses",
      {
        input_tokens: 1_500,
        input_tokens_details: { cached_tokens: 1_024, cache_write_tokens: 200 },
        output_tokens: 87,
        output_tokens_details: { reasoning_tokens: 64 },
        total_tokens: 1_587,
      },
      { input: 276, cache_read: 1_024, cache_write: 200, output: 23, reasoning: 64 },
    ],
    [
      "OpenAI images",
      {
        input_tokens: 50,
        input_tokens_details: { text_tokens: 10, image_tokens: 40 },
        output_tokens: 4_160,
        output_tokens_details: { image_tokens: 4_160 },
        total_tokens: 4_210,
      },
      { input: 10, input_image: 40, output_image: 4_160 },
    ],
    [
      "Anthropic",
      {
        input_tokens: 2_048,
        cache_read_input_tokens: 1_800,
        cache_creation_input_tokens: 556,
        cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 },
        output_tokens: 503,
        server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
        service_tier: "standard",
      },
      { input: 2_048, cache_read: 1_800, cache_write: 456, cache_write_1h: 100, output: 503, web_search: 2 },
    ],
    [
      "Anthropic without caching",
      { input_tokens: 10, cache_creation_input_tokens: null, output_tokens: 5, server_tool_use: null },
      { input: 10, output: 5 },
    ],
    [
      "Gemini",
      {
        promptTokenCount: 1_000,
        cachedContentTokenCount: 600,
        candidatesTokenCount: 90,
        thoughtsTokenCount: 40,
        toolUsePromptTokenCount: 30,
        totalTokenCount: 1_160,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 520 },
          { modality: "AUDIO", tokenCount: 200 },
          { modality: "IMAGE", tokenCount: 258 },
          { modality: "VIDEO", tokenCount: 22 },
        ],
        cacheTokensDetails: [
          { modality: "TEXT", tokenCount: 450 },
          { modality: "AUDIO", tokenCount: 150 },
        ],
        candidatesTokensDetails: [{ modality: "TEXT", tokenCount: 90 }],
      },
      {
        input: 100,
        input_audio: 50,
        input_image: 258,
        input_video: 22,
        cache_read: 450,
        cache_read_audio: 150,
        output: 90,
        reasoning: 40,
      },
    ],
    [
      "Bedrock Converse",
      {
        inputTokens: 30,
        outputTokens: 628,
        totalTokens: 2_458,
        cacheReadInputTokens: 1_000,
        cacheWriteInputTokens: 800,
        cacheDetails: [
          { ttl: "1h", inputTokens: 300 },
          { ttl: "5m", inputTokens: 500 },
        ],
      },
      { input: 30, output: 628, cache_read: 1_000, cache_write: 500, cache_write_1h: 300 },
    ],
    [
      "Mistral, with audio",
      { prompt_tokens: 16, completion_tokens: 34, total_tokens: 50, prompt_audio_seconds: 203 },
      { input: 16, output: 34, "input_audio/second": 203 },
    ],
    [
      "Cohere",
      {
        billed_units: { input_tokens: 5, output_tokens: 418, search_units: 1 },
        tokens: { input_tokens: 71, output_tokens: 420 },
      },
      { input: 5, output: 418, search: 1 },
    ],
    [
      "Groq",
      {
        queue_time: 0.037,
        prompt_tokens: 4_641,
        prompt_time: 0.02,
        completion_tokens: 182,
        total_tokens: 4_823,
        prompt_tokens_details: { cached_tokens: 4_608 },
      },
      { input: 33, cache_read: 4_608, output: 182 },
    ],
    [
      "DeepSeek",
      {
        prompt_tokens: 700,
        prompt_cache_hit_tokens: 640,
        prompt_cache_miss_tokens: 60,
        completion_tokens: 80,
        completion_tokens_details: { reasoning_tokens: 50 },
        total_tokens: 780,
      },
      { input: 60, cache_read: 640, output: 30, reasoning: 50 },
    ],
  ])("%s", (_name, value, usage) => {
    expect(readUsage(value)).toEqual({ ok: true, usage });
  });
});

test("a record of our meters is a usage, in any unit", () => {
  const usage = { input: 5, "input/second": "1.5", results: 10, web_search: 0 };
  expect(readUsage({ ...usage, output: null })).toEqual({ ok: true, usage });
});

test.each([
  [7, "not an object"],
  [[], "not an object"],
  [{ inputs: 5 }, 'Not a meter: "inputs"'],
  [{ input: 5, toString: 1 }, 'Not a meter: "toString"'],
  [{ usage: { prompt_tokens: 5 } }, 'Not a meter: "usage"'],
  [{ input: -1 }, "input is no whole number"],
  [{ input: 1.5 }, "input is no whole number"],
  [{ input: "many" }, "input is no whole number"],
  [{ prompt_tokens: "5" }, "prompt_tokens is no whole number"],
  [{ prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 9 } }, "the parts of prompt_tokens are more"],
  [{ billed_units: { classifications: 2 } }, "classifications are no meter"],
])("%o is a problem in words, never a usage of less", (value, problem) => {
  expect(readUsage(value)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
});
