import { expect, test } from "vitest";
import { groupIntoCards, readReviewFilters, reviewQuery } from "#/ui/review/hold-words.model.ts";

test("the address carries the filters there and back, and nothing that is usual", () => {
  const filters = { search: "gpt 5", state: "rejected", reason: "BOUND" } as const;
  expect(reviewQuery(filters)).toBe("?q=gpt+5&state=rejected&reason=BOUND");
  expect(readReviewFilters(new URLSearchParams(reviewQuery(filters)))).toEqual(filters);
  expect(reviewQuery(readReviewFilters(new URLSearchParams("state=nonsense&reason=x")))).toBe("");
});

test("one run, source, seller and main reason is one card", () => {
  const hold = (id: string, seller: string, reason: "BOUND" | "JUMP") => ({
    id,
    jobId: "j",
    source: "s",
    seller,
    reasons: [reason],
  });
  const cards = groupIntoCards([
    hold("1", "a", "BOUND"),
    hold("2", "b", "BOUND"),
    hold("3", "a", "BOUND"),
    hold("4", "a", "JUMP"),
  ]);
  expect(cards.map(({ holds }) => holds.map(({ id }) => id))).toEqual([["1", "3"], ["2"], ["4"]]);
});
