import { expect, test } from "vitest";
import { bytesInWords, countOf, spoken } from "#/ui/feedback/count.model.ts";

test("a count is said with its noun", () => {
  expect([countOf(1, "offer"), countOf(1_234, "offer"), countOf(0, "entry", "entries")]).toEqual([
    "1 offer",
    "1,234 offers",
    "0 entries",
  ]);
});

test("bytes are said in the unit that people read", () => {
  expect([0, 999, 1_234, 3_400_000].map(bytesInWords)).toEqual(["0 B", "999 B", "1.2 kB", "3.4 MB"]);
});

test("a code is said in words", () => expect(spoken("not_a_number")).toBe("not a number"));
