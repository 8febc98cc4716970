import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { alertChores } from "#/alerts/alert-chores.ts";
import { deliverWebhook } from "#/alerts/deliver-webhook.ts";
import { redeliver } from "#/alerts/deliveries.ts";
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import { listEndpoints } from "#/alerts/endpoints.ts";
import { startChores } from "#/platform/chores.ts";
import { systemClock } from "#/platform/clock.ts";
import { openAlertWorld, type AlertWorld } from "#/testing/alert-world.ts";
import { eventually } from "#/testing/eventually.ts";
import { ACTOR } from "#/testing/sync-world.ts";

let world: AlertWorld;
beforeAll(async () => {
  world = await openAlertWorld();
});
afterAll(() => world.close());
beforeEach(() => world.clear());

test("a receiver that fails is tried again later with the same id, and every attempt stands in the log", async () => {
  const { id } = await world.listen("shaky", ["lock.stolen"]);
  world.receiver.answers.set("/shaky", { status: 503, headers: { "retry-after": "90" } });
  const deliveryId = await world.addDelivery(id);
  await deliverWebhook(world.deps, deliveryId);
  const [waiting] = await world.deliveriesOf("shaky");
  expect(waiting).toMatchObject({
    state: "pending",
    tries: 1,
    attempts: [{ status: 503, error: expect.stringContaining("503") }],
  });
  const waitSeconds = (Date.parse(waiting?.nextAttemptAt ?? "") - Date.now()) / 1_000;
  expect(waitSeconds).toBeGreaterThan(85);
  const [entry] = await world.db.execute(sql`
    select extract(epoch from start_after - clock_timestamp())::float8 as seconds from pgboss.job
    where name = ${DELIVERY_QUEUE.name} and data ->> 'deliveryId' = ${deliveryId}`);
  expect(entry?.["seconds"]).toBeGreaterThan(85);
  expect((await listEndpoints(world.db))[0]?.failingSince).not.toBeNull();

  world.receiver.answers.delete("/shaky");
  await deliverWebhook(world.deps, deliveryId);
  expect(await world.deliveriesOf("shaky")).toMatchObject([
    { state: "delivered", tries: 2, nextAttemptAt: null, attempts: [{ status: 503 }, { status: 204, error: null }] },
  ]);
  expect((await listEndpoints(world.db))[0]?.failingSince).toBeNull();
  await redeliver(world.deps, ACTOR, { id: deliveryId });
  const received = await world.receiver.has("/shaky", 3);
  expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([deliveryId]));
  await eventually("it is written", async () => (await world.deliveriesOf("shaky"))[0]?.state === "delivered");
});

test("an attempt that waits for its time is made within a second or two of it", async () => {
  const { id } = await world.listen("late", ["lock.stolen"]);
  const deliveryId = await world.addDelivery(id);
  await world.db.transaction((tx) => world.deps.deliveries.send(tx, { deliveryId }, { startAfterMs: 1_000 }));
  const deps = { ...world.deps, clock: systemClock };
  const chores = startChores(deps, alertChores(deps));
  await eventually("it is delivered", async () => (await world.deliveriesOf("late"))[0]?.state === "delivered", 5_000);
  await chores.stop();
});

test("what has happened is told within a second or two", async () => {
  await world.listen("prompt", ["lock.stolen"]);
  const deps = { ...world.deps, clock: systemClock };
  const chores = startChores(deps, alertChores(deps));
  // The first one may be noticed by the look for what nothing announces, which comes again in half a minute.
  for (const told of [1, 2]) {
    await world.db.execute(
      sql`insert into alert_signals (kind, data) values ('lock.stolen', '{"worker": "w", "by": null}')`,
    );
    await eventually("it is told", async () => (await world.deliveriesOf("prompt")).length === told, 5_000);
  }
  await chores.stop();
});

test("an attempt that was made twice at once is written once", async () => {
  const { id } = await world.listen("doubled", ["lock.stolen"]);
  world.receiver.answers.set("/doubled", { status: 500, together: 2 });
  const deliveryId = await world.addDelivery(id);
  await Promise.all([deliverWebhook(world.deps, deliveryId), deliverWebhook(world.deps, deliveryId)]);
  expect(await world.deliveriesOf("doubled")).toMatchObject([
    { state: "pending", tries: 1, attempts: [{ status: 500 }] },
  ]);
  const entries = await world.db.execute(sql`
    select from pgboss.job where name = ${DELIVERY_QUEUE.name} and data ->> 'deliveryId' = ${deliveryId}`);
  expect(entries).toHaveLength(1);
});

test("an attempt that is broken off by a shutdown is left to the next worker", async () => {
  const { id } = await world.listen("silent", ["lock.stolen"]);
  world.receiver.answers.set("/silent", "never");
  const deliveryId = await world.addDelivery(id);
  const stopping = new AbortController();
  const sending = deliverWebhook(world.deps, deliveryId, stopping.signal);
  await world.receiver.has("/silent", 1);
  stopping.abort(new Error("shutting down"));
  await expect(sending).rejects.toThrow("shutting down");
  expect(await world.deliveriesOf("silent")).toMatchObject([{ state: "pending", tries: 0, attempts: [] }]);
});

test("it is given up after ten attempts over three days", async () => {
  const { id } = await world.listen("deaf", ["lock.stolen"]);
  world.receiver.answers.set("/deaf", { status: 500 });
  const deliveryId = await world.addDelivery(id);
  const waits: number[] = [];
  for (let tries = 0; tries < 10; tries += 1) {
    const before = Date.now();
    await deliverWebhook(world.deps, deliveryId);
    const [delivery] = await world.deliveriesOf("deaf");
    if (delivery?.nextAttemptAt) waits.push(Date.parse(delivery.nextAttemptAt) - before);
  }
  expect(await world.deliveriesOf("deaf")).toMatchObject([{ state: "failed", tries: 10 }]);
  expect(waits).toHaveLength(9);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  const days = waits.reduce((sum, wait) => sum + wait, 0) / 86_400_000;
  expect(days).toBeGreaterThan(3);
  await expect(deliverWebhook(world.deps, deliveryId)).resolves.toBeUndefined();
  expect(world.receiver.at("/deaf")).toHaveLength(10);
});
