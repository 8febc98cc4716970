import { expect, test } from "vitest";
import { litellmAdapter } from "#/sources/litellm.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isObject } from "#/sources/payload-shape.ts";
import { readFacts } from "#/sources/read-facts.ts";

function read(entry: object) {
  const json = parseLossless(JSON.stringify(entry));
  if (!json.ok || !isObject(json.value)) throw new Error("no object");
  return readFacts(json.value, {
    contextTokens: "limits.context",
    inputModalities: "takes",
    mode: "mode",
    releasedOn: "released",
  }).facts;
}

test("a fact that can't be read is left out, and takes no other with it", () => {
  expect(read({ limits: { context: 8192 }, takes: ["text", null], mode: "two words", released: "2025-02-29" })).toEqual(
    { contextTokens: 8192 },
  );
  for (const context of [0, -1, 1.5, "8192", null, true, {}]) expect(read({ limits: { context } })).toBeUndefined();
});

test("a day is read from a day, an instant in UTC or whole seconds, and from nothing that may be another day", () => {
  const day = (released: unknown) => read({ released })?.releasedOn;
  expect(day("2026-02-03")).toBe("2026-02-03");
  expect(day("2026-02-03T23:59:59.5Z")).toBe("2026-02-03");
  expect(day(1_770_163_199)).toBe("2026-02-03");
  for (const value of ["2026-02", "2026-02-03T23:59:59+02:00", "soon", 1_770_163_199_000, 0, -5, 1.5])
    expect(day(value)).toBeUndefined();
});

test("LiteLLM's older max_tokens is the most output beside another most input, and nothing where it may be either", () => {
  const factsOf = (fields: object) => {
    const text = JSON.stringify({ one: { litellm_provider: "acme", input_cost_per_token: 1e-6, ...fields } });
    const outcome = litellmAdapter.parse(text, { observedAt: "2026-08-01T00:00:00Z" });
    return outcome.ok ? outcome.sheet.offers[0]?.facts : undefined;
  };
  expect(factsOf({ max_tokens: 4096, max_input_tokens: 8192 })).toEqual({ contextTokens: 8192, outputTokens: 4096 });
  expect(factsOf({ max_tokens: 8192, max_input_tokens: 8192 })).toEqual({ contextTokens: 8192 });
  expect(factsOf({ max_tokens: 8192 })).toBeUndefined();
});
