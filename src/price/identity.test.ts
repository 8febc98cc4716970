import { expect, test } from "vitest";
import { findMaker, findParameters, isRollingId, mayShareVendor, modelIdentity } from "#/price/model-identity.ts";
import { indexSellers } from "#/price/sellers.ts";

const { identityOf } = indexSellers();

test.each([
  ["vertex_ai-language-models", "google-vertex"],
  ["vertex_ai-anthropic_models", "google-vertex-anthropic"],
  ["bedrock", "amazon-bedrock"],
  ["bedrock_converse", "aws"],
  ["gemini", "google"],
  ["together_ai", "togetherai"],
  ["fireworks_ai", "fireworks-ai"],
  ["novita", "novita-ai"],
  ["azure_ai", "azure-cognitive-services"],
  ["moonshot", "moonshotai"],
  ["dashscope", "alibaba"],
  ["vercel_ai_gateway", "vercel"],
  ["xai", "x-ai"],
  ["DeepInfra", "deepinfra"],
])("%s and %s are one seller", (a, b) => expect(identityOf(a)).toBe(identityOf(b)));

test.each([
  ["zai", "zai-coding-plan"],
  ["alibaba", "alibaba-cn"],
  ["google", "google-vertex"],
  ["openai", "azure"],
  ["minimax", "minimax-cn-coding-plan"],
  ["moonshotai", "moonshotai-cn"],
])("%s and %s stay apart", (a, b) => expect(identityOf(a)).not.toBe(identityOf(b)));

test.each([
  ["claude-sonnet-4-6", "anthropic/claude-sonnet-4.6"],
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5@20250929"],
  ["accounts/fireworks/models/kimi-k2p6", "moonshotai/Kimi-K2.6"],
  ["meta-llama/Meta-Llama-3.1-70B-Instruct", "llama-3.1-70b-instruct"],
  ["accounts/fireworks/models/llama-v3p1-405b-instruct", "llama-3.1-405b-instruct"],
  ["gpt-4o-2024-08-06", "openai/gpt-4o-20240806"],
  ["vertex_ai/claude-opus-4-8@default", "claude-opus-4-8"],
])("%s and %s are one model", (a, b) => expect(modelIdentity(a).exact).toBe(modelIdentity(b).exact));

test.each([
  ["gpt-5", "gpt-5-mini"],
  ["gpt-5.1", "gpt-5.2"],
  ["claude-sonnet-4-5", "claude-sonnet-4-6"],
  ["qwen3-235b-a22b", "qwen3-235b-a22b-thinking"],
  ["llama-3.1-8b-instruct", "llama-3.1-70b-instruct"],
  ["llama-3.3-70b-instruct", "llama-3.3-70b-instruct-turbo"],
  ["gpt-4o-2024-05-13", "gpt-4o-2024-08-06"],
  ["deepseek-v3", "deepseek-v3.1"],
  ["low/1024-x-1024/gpt-image-1", "high/1024-x-1024/gpt-image-1"],
])("%s and %s are two models", (a, b) => expect(modelIdentity(a).exact).not.toBe(modelIdentity(b).exact));

test("a date belongs to the snapshot, not to the model", () => {
  expect(modelIdentity("gpt-4o-2024-08-06")).toEqual({
    exact: "gpt-4o-20240806",
    base: "gpt-4o",
    date: "20240806",
    vendor: undefined,
  });
  expect(modelIdentity("gpt-4o")).toEqual({ exact: "gpt-4o", base: "gpt-4o", date: undefined, vendor: undefined });
});

test("makers and sizes are read off the name, and ids that move are known", () => {
  expect([findMaker("claude-opus-5"), findMaker("gpt-5"), findMaker("gpt-oss-120b"), findMaker("llama-3-1")]).toEqual([
    "anthropic",
    "openai",
    undefined,
    undefined,
  ]);
  expect(["llama-3-1-70b-instruct", "mixtral-8x7b", "qwen3-235b-a22b", "gpt-5"].map(findParameters)).toEqual([
    70,
    56,
    235,
    undefined,
  ]);
  expect(["gemini-flash-latest", "deepseek-chat", "gpt-5"].map(isRollingId)).toEqual([true, true, false]);
});

test.each([
  ["meta-llama/x", "meta/x", true],
  ["zai-org/x", "z-ai/x", true],
  ["Qwen/x", "alibaba/x", true],
  ["x", "acme/x", true],
  ["acme/x", "other/x", false],
])("%s and %s may be one maker's: %s", (a, b, same) =>
  expect(mayShareVendor(modelIdentity(a), modelIdentity(b))).toBe(same),
);

test("an id is read alike the second time, and after more ids than are remembered", () => {
  const first = modelIdentity("anthropic/claude-x@20250101");
  expect(modelIdentity("anthropic/claude-x@20250101")).toBe(first);
  for (let index = 0; index < 30_001; index += 1) modelIdentity(`maker/model-${index}`);
  expect(modelIdentity("anthropic/claude-x@20250101")).toEqual(first);
  expect(modelIdentity("anthropic/claude-x@20250101")).not.toBe(first);
});
