import { desc, eq, sql } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog } from "#/access/schema.ts";
import { deliverWebhook } from "#/alerts/deliver-webhook.ts";
import { redeliver, testEndpoint } from "#/alerts/deliveries.ts";
import {
  addEndpoint,
  disableEndpoint,
  enableEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
} from "#/alerts/endpoints.ts";
import { raiseAlerts } from "#/alerts/raise-alerts.ts";
import { webhookEndpoints } from "#/alerts/schema.ts";
import { openAlertWorld, type AlertWorld } from "#/testing/alert-world.ts";
import { ACTOR } from "#/testing/sync-world.ts";

let world: AlertWorld;
beforeAll(async () => {
  world = await openAlertWorld();
});
afterAll(() => world.close());
beforeEach(() => world.clear());

test.each([
  ["to which nothing got through for five days", 500, "Nothing got through for 5 days"],
  ["that says that it is gone", 410, "gone for good"],
])("an endpoint %s is disabled, and the others are told", async (_what, status, why) => {
  const { id } = await world.listen("gone", ["lock.stolen"]);
  const path = `/others-${status}`;
  await addEndpoint(world.deps, ACTOR, {
    name: "others",
    url: `${world.receiver.url}${path}`,
    shape: "slack",
    events: ["webhook.disabled"],
    holdSeconds: 0,
  });
  world.receiver.answers.set("/gone", { status });
  if (status === 500)
    await world.db
      .update(webhookEndpoints)
      .set({ failingSince: sql`clock_timestamp() - interval '121 hours'` })
      .where(eq(webhookEndpoints.id, id));
  const deliveryIds = [await world.addDelivery(id), await world.addDelivery(id)] as const;
  await deliverWebhook(world.deps, deliveryIds[0]);
  expect((await listEndpoints(world.db)).find(({ name }) => name === "gone")).toMatchObject({
    disabledReason: expect.stringContaining(why),
  });
  expect((await world.deliveriesOf("gone")).map(({ state }) => state)).toEqual(["failed", "failed"]);
  const [said] = await world.receiver.has(path, 1);
  expect(JSON.parse(said?.text ?? "")).toMatchObject({
    text: expect.stringContaining('The webhook "gone" is disabled'),
  });
  const [entry] = await world.db.select().from(auditLog).orderBy(desc(auditLog.id)).limit(1);
  expect(entry).toMatchObject({ actor: "alerts", action: "alerts.disableEndpoint", target: "gone" });
  await expect(redeliver(world.deps, ACTOR, { id: deliveryIds[1] })).rejects.toThrow("disabled");
  await enableEndpoint(world.db, ACTOR, { name: "gone" });
  expect((await listEndpoints(world.db)).find(({ name }) => name === "gone")).toMatchObject({
    disabledAt: null,
    failingSince: null,
  });
});

test("a test is sent at once and once, also to an endpoint that is disabled", async () => {
  await world.listen("tried", ["lock.stolen"]);
  await disableEndpoint(world.db, ACTOR, { name: "tried", reason: "moving house" });
  await world.db.execute(sql`
    insert into alert_signals (kind, data) values ('lock.stolen', '{"worker": "worker/1", "by": null}')`);
  await raiseAlerts(world.deps);
  expect(await world.deliveriesOf("tried")).toEqual([]);
  world.receiver.answers.set("/tried", { status: 404 });
  expect(await testEndpoint(world.deps, ACTOR, { name: "tried" })).toMatchObject({
    event: "webhook.test",
    state: "failed",
    attempts: [{ status: 404, error: expect.stringContaining("Check the address") }],
  });
  world.receiver.answers.set("/tried", { status: 302, headers: { location: `${world.receiver.url}/elsewhere` } });
  expect(await testEndpoint(world.deps, ACTOR, { name: "tried" })).toMatchObject({
    attempts: [{ status: 302, error: expect.stringContaining("Redirects are not followed") }],
  });
  expect(world.receiver.at("/elsewhere")).toEqual([]);
  world.receiver.answers.delete("/tried");
  expect(await testEndpoint(world.deps, ACTOR, { name: "tried" })).toMatchObject({
    state: "delivered",
    attempts: [{ status: 204 }],
  });
});

test("a new secret signs beside the old one for a day", async () => {
  const { signingSecret } = await world.listen("rotated", ["lock.stolen"]);
  const { signingSecret: next } = await rotateSecret(world.deps, ACTOR, { name: "rotated" });
  await testEndpoint(world.deps, ACTOR, { name: "rotated" });
  await world.messages("rotated", signingSecret, 1);
  await world.messages("rotated", next, 1);
  await world.db.update(webhookEndpoints).set({ previousUntil: sql`clock_timestamp() - interval '1 second'` });
  await testEndpoint(world.deps, ACTOR, { name: "rotated" });
  const [, { text, headers } = { text: "", headers: {} }] = await world.receiver.has("/rotated", 2);
  expect(() => new Webhook(signingSecret).verify(text, headers as Record<string, string>)).toThrow(
    "No matching signature",
  );
});

test("an address is kept sealed, and one under another AUTH_SECRET says what to do", async () => {
  const url = `${world.receiver.url}/services/T0/B0/a-chat-service-credential`;
  await addEndpoint(world.deps, ACTOR, {
    name: "chat",
    url,
    shape: "discord",
    events: ["lock.stolen"],
    holdSeconds: 0,
  });
  const [row] = await world.db.select().from(webhookEndpoints).where(eq(webhookEndpoints.name, "chat"));
  expect(JSON.stringify(row)).not.toContain("a-chat-service");
  expect((await listEndpoints(world.db)).map((one) => one.url)).toEqual([`${world.receiver.url}/…tial`]);
  expect(await testEndpoint({ ...world.deps, secret: "o".repeat(40) }, ACTOR, { name: "chat" })).toMatchObject({
    attempts: [{ status: null, error: expect.stringContaining("another AUTH_SECRET") }],
  });
});

test("an address that is no web address, private, or carries credentials is refused in words", async () => {
  const add = (url: string) =>
    addEndpoint({ ...world.deps, allowPrivateNetwork: false }, ACTOR, {
      name: "bad",
      url,
      shape: "standard",
      events: ["lock.stolen"],
      holdSeconds: 0,
    });
  await expect(add("ftp://example.com/")).rejects.toThrow("https://");
  await expect(add("https://user:pass@example.com/")).rejects.toThrow("credentials");
  await expect(add("http://169.254.169.254/latest")).rejects.toThrow("public network");
  await expect(add("http://[::1]/")).rejects.toThrow("public network");
  await expect(removeEndpoint(world.db, ACTOR, { name: "bad", reason: "never was" })).rejects.toThrow("no webhook");
});
