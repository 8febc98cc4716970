import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { raiseAlerts } from "#/alerts/raise-alerts.ts";
import { alertSignals } from "#/alerts/schema.ts";
import { applyDuePrices } from "#/book/apply-due-prices.ts";
import { approveHolds } from "#/book/decide-holds.ts";
import { settleMoved } from "#/book/settle-rates.ts";
import { endExpiredPins } from "#/book/end-expired-pins.ts";
import { pricePins } from "#/book/schema.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { openAlertWorld, type AlertWorld } from "#/testing/alert-world.ts";
import { eventually } from "#/testing/eventually.ts";
import { ACTOR, fetched, openGate, openrouterDocument } from "#/testing/sync-world.ts";

let world: AlertWorld;
beforeAll(async () => {
  world = await openAlertWorld();
});
afterAll(() => world.close());
beforeEach(() => world.clear());

test("prices that change are told once per run or decision, with what they were and are", async () => {
  await world.addPriceSource("shop", { "acme/a": ["0.000001", "0.000002"], "acme/b": ["0.000001", "0.000002"] });
  const { signingSecret } = await world.listen("gateway", ["price.changed", "price.held"]);
  const first = await world.sync("shop");
  await raiseAlerts(world.deps);
  world.answer("shop", { "acme/a": ["0.0000012", "0.000002"], "acme/b": ["0.5", "0.5"] });
  const second = await world.sync("shop");
  await raiseAlerts(world.deps);
  await raiseAlerts(world.deps);
  const told = await world.messages("gateway", signingSecret, 3);
  expect(told.map(({ type, data }) => [type, data.summary, data["job_id"]])).toEqual(
    expect.arrayContaining([
      ["price.changed", "Prices: 2 came", first],
      ["price.changed", "Prices: 1 changed", second],
      ["price.held", "1 price is held and waits for a decision", second],
    ]),
  );
  const changed = told.find(({ data }) => data["job_id"] === second && data.summary.includes("changed"));
  expect(changed?.data.details).toEqual(["openrouter acme/a, says shop: input $1.00 → $1.20 per 1M tokens"]);
  expect(changed?.data["changes"]).toMatchObject([
    {
      seller: "openrouter",
      previous: { charges: expect.arrayContaining([{ meter: "input", unit: "token", amount: "0.000001" }]) },
      current: { charges: expect.arrayContaining([{ meter: "input", unit: "token", amount: "0.0000012" }]) },
    },
  ]);

  await approveHolds(world.db, ACTOR, { filter: { source: "shop" }, reason: "it is so" });
  await raiseAlerts(world.deps);
  const target = { seller: "openrouter", model: "acme/a", variant: "default" };
  await setPin(world.db, ACTOR, {
    ...target,
    charges: [{ meter: "input", unit: "token", amount: "0.000003" }],
    reason: "a contract",
  });
  await raiseAlerts(world.deps);
  await clearPin(world.db, ACTOR, { ...target, reason: "it ended" });
  await raiseAlerts(world.deps);
  const later = (await world.messages("gateway", signingSecret, 6)).map(({ data }) => [data.summary, data.details[0]]);
  expect(later).toEqual(
    expect.arrayContaining([
      ["Prices: 1 changed by ann@example.com", expect.stringContaining("openrouter acme/b, says shop: input $1.00")],
      [
        "Prices: 1 changed by ann@example.com",
        "openrouter acme/a, pinned: input $1.20 → $3.00 per 1M tokens; output no longer charged",
      ],
      [
        "Prices: 1 changed by ann@example.com",
        expect.stringContaining("openrouter acme/a, no longer pinned, says shop: input $3.00 → $1.20 per 1M tokens"),
      ],
    ]),
  );
});

const ENDED = "no longer pinned, says renter: input $3.00 → $1.00 per 1M tokens; output $2.00 per 1M tokens";

test("a pin that expires is told once, as of its time, by the worker itself", async () => {
  await world.addPriceSource("renter", { "r/one": ["0.000001", "0.000002"], "r/two": ["0.000001", "0.000002"] });
  await world.sync("renter");
  const pin = (model: string) =>
    setPin(world.db, ACTOR, {
      seller: "openrouter",
      model,
      variant: "default",
      charges: [{ meter: "input", unit: "token", amount: "0.000003" }],
      reason: "a contract",
      expiresAt: "2999-01-01T00:00:00Z",
    });
  const expire = (model: string) =>
    world.db
      .update(pricePins)
      .set({ expiresAt: sql`clock_timestamp()` })
      .where(eq(pricePins.model, model));
  await pin("r/one");
  await pin("r/two");
  await world.db.execute(sql`truncate alert_signals`);
  const { signingSecret } = await world.listen("tenant", ["price.changed"]);
  await expire("r/one");
  await eventually("its end is noticed", async () => (await world.db.select().from(alertSignals)).length > 0);
  await raiseAlerts(world.deps);
  await expire("r/two");
  await Promise.all(Array.from({ length: 4 }, () => endExpiredPins(world.db)));
  await raiseAlerts(world.deps);
  const told = await world.messages("tenant", signingSecret, 2);
  expect(told.map(({ data }) => [data.summary, data.details])).toEqual(
    expect.arrayContaining([
      ["Prices: 1 changed by calendar", [`openrouter r/one, ${ENDED}`]],
      ["Prices: 1 changed by calendar", [`openrouter r/two, ${ENDED}`]],
    ]),
  );
  const ends = await world.db.execute(sql`
    select r.valid_from = n.expires_at as "isOnTime" from rates r join price_pins n using (model)
    where r.cause = 'expire' and r.version_to is null and r.model like 'r/%'`);
  expect([...ends]).toEqual([{ isOnTime: true }, { isOnTime: true }]);
});

test("an announced price is told on its day, and a model that goes is told as gone", async () => {
  await world.addPriceSource("calendar", { "d/one": ["0.000001", "0.000002"], "d/two": ["0.000001", "0.000002"] });
  await world.sync("calendar");
  await world.db.execute(sql`truncate alert_signals`);
  const { signingSecret } = await world.listen("diary", ["price.changed"]);
  await world.db.execute(sql`
    insert into model_pricing_history (source, seller, model, variant, listing, listed_as, state, charges, fingerprint, previous_state,
      previous_charges, effective_at, cause, announced, job_id)
    select source, seller, model, variant, listing, listed_as, state, '[{"meter": "input", "unit": "token", "amount": "0.000009"}]', 'new', state,
      charges, clock_timestamp(), 'sync', true, job_id from model_pricing where source = 'calendar' and model = 'd/one'`);
  await raiseAlerts(world.deps);
  expect(await world.deliveriesOf("diary")).toEqual([]);
  await world.db.transaction(async (tx) => {
    const due = await applyDuePrices(tx, "calendar", new Date(Date.now() + 1_000).toISOString());
    await settleMoved(tx, due, { cause: "due" });
  });
  await raiseAlerts(world.deps);
  world.answer("calendar", { "d/one": ["0.000001", "0.000002"] });
  await world.db.execute(sql`update model_pricing set missed_payloads = 2 where model = 'd/two'`);
  await world.sync("calendar");
  await raiseAlerts(world.deps);
  const told = await world.messages("diary", signingSecret, 2);
  expect(told.map(({ data }) => data.details)).toEqual(
    expect.arrayContaining([
      [expect.stringContaining("openrouter d/one, says calendar: input $1.00 → $9.00 per 1M tokens")],
      expect.arrayContaining(["openrouter d/two: gone"]),
    ]),
  );
});

test("what a run has changed is told when it has ended, in one message for all its sources", async () => {
  const gate = openGate();
  await world.addPriceSource("quick", { "q/one": ["0.000001", "0.000002"] });
  await world.addSource("late", async ({ signal }) => {
    await gate.wait(signal);
    return fetched(openrouterDocument({ "l/one": ["0.000001", "0.000002"] }));
  });
  const { signingSecret } = await world.listen("whole", ["price.changed"]);
  const { jobId } = await world.trigger({ sources: ["quick", "late"] });
  await eventually("the first source is applied", async () => (await world.db.select().from(alertSignals)).length > 0);
  await raiseAlerts(world.deps);
  expect(await world.deliveriesOf("whole")).toEqual([]);
  gate.open();
  await world.ended(jobId);
  await raiseAlerts(world.deps);
  const told = await world.messages("whole", signingSecret, 1);
  expect(told.map(({ data }) => data.summary)).toEqual(["Prices: 2 came"]);
});
