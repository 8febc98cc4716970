import { expect, test } from "vitest";
import { agreementWords, fromWords } from "#/ui/prices/agreement.model.ts";

const charges = (input: string, output = "9") => [
  { meter: "input" as const, unit: "token" as const, amount: input },
  { meter: "output" as const, unit: "token" as const, amount: output },
];
const offer = (source: string, input: string, more = {}) => ({
  source,
  state: "priced" as const,
  charges: charges(input),
  delistedAt: null,
  ...more,
});

test("a price says whom it is from", () => {
  expect([["litellm"], ["litellm", "pin"], []].map((from) => fromWords({ from }))).toEqual([
    "litellm",
    "litellm + pinned",
    "nobody",
  ]);
});

test("the sources that price it are counted with those that say otherwise", () => {
  const rate = { state: "priced" as const, charges: charges("3"), from: ["a"] };
  const words = (...offers: ReturnType<typeof offer>[]) => agreementWords({ ...rate, offers });
  expect(words(offer("a", "3"))).toBe("");
  expect(words(offer("a", "3"), offer("b", "3"))).toBe("2 agree");
  expect(words(offer("a", "3"), offer("b", "4"), offer("c", "3"))).toBe("1 of 3 differs");
  expect(words(offer("a", "3"), offer("b", "4", { delistedAt: "2026-01-01T00:00:00Z" }))).toBe("");
  expect(words(offer("a", "3"), offer("b", "3", { state: "unknown", charges: [] }))).toBe("");
  expect(words(offer("a", "3"), offer("b", "3", { state: "free", charges: [] }))).toBe("1 of 2 differs");
});
