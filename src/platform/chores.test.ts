import { afterEach, expect, test } from "vitest";
import { startChores, type Chores } from "#/platform/chores.ts";
import { createLog } from "#/platform/log.ts";
import { createManualClock } from "#/testing/manual-clock.ts";

let chores: Chores | undefined;
afterEach(() => chores?.stop());

function start(areNeeded?: () => Promise<boolean>) {
  const clock = createManualClock();
  const done: string[] = [];
  const chore = (name: string, everyMs: number) => ({
    name,
    everyMs,
    run: () => Promise.resolve(done.push(name)),
  });
  const failing = { name: "failing", everyMs: 1_000, run: () => Promise.reject(new Error("the database is away")) };
  const deps = { clock, log: createLog("silent"), ...(areNeeded === undefined ? {} : { areNeeded }) };
  chores = startChores(deps, [failing, chore("often", 1_000), chore("seldom", 3_000)]);
  return { clock, done };
}

test("each chore is done in its own time, whatever becomes of the others", async () => {
  const { clock, done } = start();
  for (let second = 0; second < 4; second += 1) await clock.advance(1_000);
  expect(done).toEqual(["often", "seldom", "often", "often", "often", "seldom"]);
});

test("chores that nobody needs wait, and are all done at once when they are needed", async () => {
  let needed = false;
  const { clock, done } = start(() => Promise.resolve(needed));
  for (let second = 0; second < 4; second += 1) await clock.advance(1_000);
  expect(done).toEqual([]);
  needed = true;
  await clock.advance(1_000);
  expect(done).toEqual(["often", "seldom"]);
});

test("chores are done when nobody can say whether they are needed", async () => {
  const { clock, done } = start(() => Promise.reject(new Error("the database is away")));
  await clock.advance(1_000);
  expect(done).toEqual(["often", "seldom"]);
});
