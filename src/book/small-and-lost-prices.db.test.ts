import { afterAll, beforeAll, expect, test } from "vitest";
import { approveHolds } from "#/book/decide-holds.ts";
import { getPrice } from "#/book/get-price.ts";
import { importPins } from "#/book/import-pins.ts";
import { listHolds } from "#/book/list-holds.ts";
import { pinInput, setPin } from "#/book/set-pin.ts";
import { ACTOR, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

/** A source of its own per test; `sync` reads what it answers next. */
async function openSource(name: string) {
  let text = "";
  await world.addSource(name, () => fetched(text));
  return {
    async sync(document: string) {
      text = document;
      const { log } = await world.ended((await world.trigger({ sources: [name] })).jobId);
      return log[0]?.counts;
    },
    holds: () => listHolds(world.db, { filter: { source: name, state: "open" }, limit: 50 }),
  };
}

async function amountsOf(model: string): Promise<string[]> {
  const { effective } = await getPrice(world.db, { model });
  return effective.flatMap(({ charges }) => charges.map(({ amount }) => amount));
}

test("a price that falls to next to nothing is held, however small the amount is", async () => {
  const source = await openSource("small");
  const price = ["0.000001", "0.000004"] as const;
  await source.sync(openrouterDocument({ "a/24": price, "a/29": price, "a/31": price, "a/99": price }));
  const counts = await source.sync(
    openrouterDocument({
      "a/24": ["1e-24", "1e-24"],
      "a/29": ["1e-29", "1e-29"],
      "a/31": ["1e-31", "1e-31"],
      "a/99": ["1e-99", "1e-99"],
    }),
  );
  expect(counts).toMatchObject({ changed: 0, held: 4 });
  for (const model of ["a/24", "a/29", "a/31", "a/99"]) expect(await amountsOf(model)).toEqual([...price]);
  const reasons = new Map((await source.holds()).map((hold) => [hold.model, hold.reasons[0]]));
  expect(Object.fromEntries(reasons)).toEqual({
    "a/24": "BOUND",
    "a/29": "BAD_FIELD",
    "a/31": "BAD_FIELD",
    "a/99": "BAD_FIELD",
  });
});

test("an amount with more than 24 places is refused in a pin and in a CSV of pins", async () => {
  const target = { seller: "openrouter", model: "a/pin", variant: "default", reason: "our contract" };
  const charge = (amount: string) => ({ meter: "input" as const, unit: "token" as const, amount });
  expect(pinInput.safeParse({ ...target, charges: [charge("1e-24")] }).success).toBe(true);
  expect(pinInput.safeParse({ ...target, charges: [charge("1e-25")] }).success).toBe(false);
  await expect(setPin(world.db, ACTOR, { ...target, charges: [charge("1e-25")] })).rejects.toMatchObject({
    code: "INVALID",
  });
  const csv = "seller,model,meter,usd_per_unit,reason\nopenrouter,a/pin,input,1e-31,our contract\n";
  expect(await importPins(world.db, ACTOR, { csv, dryRun: false })).toMatchObject({
    written: 0,
    problems: [{ line: 2, problem: expect.stringContaining("at most 24 places") }],
  });
});

test("an output price that goes away is held, also where three other sources state one, until somebody approves it", async () => {
  const model = "a/lost";
  const whole = openrouterDocument({ [model]: ["0.000003", "0.000015"] });
  for (const name of ["peer-1", "peer-2", "peer-3"]) await (await openSource(name)).sync(whole);
  const source = await openSource("losing");
  await source.sync(whole);
  const inputOnly = JSON.stringify({ data: [{ id: model, pricing: { prompt: "0.000003" } }] });
  expect(await source.sync(inputOnly)).toMatchObject({ changed: 0, held: 1 });
  expect(await source.holds()).toMatchObject([{ model, reasons: ["TO_UNKNOWN"] }]);
  const linesOf = async () =>
    (await getPrice(world.db, { model, source: "losing" })).offers[0]?.charges.map(({ meter }) => meter);
  expect(await linesOf()).toEqual(["input", "output"]);
  await approveHolds(world.db, ACTOR, { filter: { source: "losing" }, reason: "it has no output any more" });
  expect(await linesOf()).toEqual(["input"]);
  expect(await source.sync(inputOnly)).toMatchObject({ changed: 0, held: 0 });
});
