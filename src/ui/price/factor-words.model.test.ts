import { expect, test } from "vitest";
import { factorWords } from "#/ui/price/factor-words.model.ts";

test.each([
  ["15.3333", "×15.3"],
  ["1", "×1"],
  ["12345", "×12,300"],
  ["1000000", "×1,000,000"],
  ["0.02", "÷50"],
  ["0.9", "÷1.11"],
  ["0", undefined],
  [null, undefined],
])("a ratio of %s is said as %s", (ratio, words) => expect(factorWords(ratio)).toBe(words));
