import { expect, test } from "vitest";
import { findItems } from "#/ui/palette/palette.model.ts";

const ITEMS = [
  { label: "Show the dark colours", words: "theme" },
  { label: "Syncs", words: "runs jobs" },
  { label: "Sync now" },
  { label: "Prices that syncs changed" },
];
const labels = (typed: string) => findItems(ITEMS, typed).map(({ label }) => label);

test("every word that is typed has to be there, in any order", () => {
  expect(labels("now sync")).toEqual(["Sync now"]);
  expect(labels("dark now")).toEqual([]);
});

test("a label that begins with what is typed comes before one that holds it", () => {
  expect(labels("sync")).toEqual(["Syncs", "Sync now", "Prices that syncs changed"]);
});

test("other words for the same thing find it", () => {
  expect(labels("jobs")).toEqual(["Syncs"]);
});

test("all are there before anything is typed", () => {
  expect(labels(" ")).toHaveLength(ITEMS.length);
});
