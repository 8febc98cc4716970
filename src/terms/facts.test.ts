import { expect, test } from "vitest";
import { factLines } from "#/terms/fact-words.ts";
import { foldFacts, nameFacts } from "#/terms/facts.ts";

const FACTS = foldFacts([
  { source: "first", facts: { contextTokens: 200_000 } },
  { source: "second", facts: { contextTokens: 100_000, mode: "chat", inputModalities: ["text", "image"] } },
  { source: "third", facts: { deprecatedOn: "2026-05-07", replacedBy: "acme/two" } },
]);

test("each fact comes from the first source that states it, by name", () => {
  expect(FACTS).toEqual({
    contextTokens: 200_000,
    mode: "chat",
    inputModalities: ["text", "image"],
    deprecatedOn: "2026-05-07",
    replacedBy: "acme/two",
    from: {
      contextTokens: "first",
      mode: "second",
      inputModalities: "second",
      deprecatedOn: "third",
      replacedBy: "third",
    },
  });
  expect(nameFacts(FACTS)).toEqual({
    context_tokens: 200_000,
    mode: "chat",
    input_modalities: ["text", "image"],
    deprecated_on: "2026-05-07",
    replaced_by: "acme/two",
    from: {
      context_tokens: "first",
      mode: "second",
      input_modalities: "second",
      deprecated_on: "third",
      replaced_by: "third",
    },
  });
});

test("facts are said in words, a line each, and what nobody states is not said", () => {
  expect(factLines(FACTS)).toEqual([
    { name: "Context", value: "200,000 tokens", source: "first" },
    { name: "Takes", value: "text, image", source: "second" },
    { name: "Mode", value: "chat", source: "second" },
    { name: "Deprecated", value: "2026-05-07", source: "third" },
    { name: "Replaced by", value: "acme/two", source: "third" },
  ]);
});
