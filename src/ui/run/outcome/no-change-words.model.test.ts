import { expect, test } from "vitest";
import { noChangeWords } from "#/ui/run/outcome/no-change-words.model.ts";

test.each([
  [4, "4 prices wait for review"],
  [1, "1 price waits for review"],
  [0, "No price in force changed"],
])("a run that held %i prices and moved none says so, and not that nothing changed", (held, title) => {
  expect(noChangeWords(held).title).toBe(title);
});
