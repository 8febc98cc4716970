import { expect, test } from "vitest";
import { holdFilterOf, isNarrowed, readHoldId, readReviewFilters } from "#/ui/review/review-filters.model.ts";

const read = (address: string) => readReviewFilters(new URLSearchParams(address));

test("the address says what the list of holds is narrowed to", () => {
  const filters = read("q=gpt+5&state=rejected&reason=BOUND&over=10");
  expect(holdFilterOf(filters)).toEqual({ search: "gpt 5", state: "rejected", reason: "BOUND", overFactor: 10 });
  expect(isNarrowed(filters)).toBe(true);
});

test("a text in the address that means nothing narrows nothing", () => {
  const filters = read("state=nonsense&reason=x&over=3");
  expect(holdFilterOf(filters)).toEqual({ state: "open" });
  expect(isNarrowed(filters)).toBe(false);
});

test("the address names a hold by its number alone", () => {
  expect(readHoldId(new URLSearchParams("hold=17"))).toBe("17");
  expect(readHoldId(new URLSearchParams("hold=17x"))).toBeUndefined();
  expect(readHoldId(new URLSearchParams(`hold=${"9".repeat(30)}`))).toBeUndefined();
});
