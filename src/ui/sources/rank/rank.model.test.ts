import { expect, test } from "vitest";
import { moveTo } from "#/ui/sources/rank/rank.model.ts";

test("a source moves to its new place, and the others keep their order", () => {
  const names = ["a", "b", "c", "d"];
  expect(moveTo(names, "c", 1)).toEqual(["c", "a", "b", "d"]);
  expect(moveTo(names, "a", 3)).toEqual(["b", "c", "a", "d"]);
  expect(moveTo(names, "b", 9)).toEqual(["a", "c", "d", "b"]);
  expect(moveTo(names, "b", -1)).toEqual(["b", "a", "c", "d"]);
  expect(moveTo(names, "nobody", 1)).toEqual(names);
});
