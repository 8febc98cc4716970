import { expect, test } from "vitest";
import { takeTurns } from "#/platform/take-turns.ts";

test("long work lets what waits go first at the end of each turn, and not before", async () => {
  let time = 0;
  const turn = takeTurns({ turnMs: 10, now: () => time });
  const order: string[] = [];
  setImmediate(() => order.push("something else"));
  for (const piece of ["a", "b", "c", "d"]) {
    order.push(piece);
    time += 4;
    await turn();
  }
  expect(order).toEqual(["a", "b", "c", "something else", "d"]);
});
