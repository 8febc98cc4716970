import { desc, eq, sql } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog } from "#/access/schema.ts";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import type { AlertEvent } from "#/alerts/alert-event.ts";
import { deliverWebhook } from "#/alerts/deliver-webhook.ts";
import { listDeliveries, redeliver, testEndpoint } from "#/alerts/deliveries.ts";
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import {
  addEndpoint,
  disableEndpoint,
  enableEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
} from "#/alerts/endpoints.ts";
import { listAlerts } from "#/alerts/list-alerts.ts";
import { raiseAlerts } from "#/alerts/raise-alerts.ts";
import { alerts, alertSignals, webhookDeliveries, webhookEndpoints } from "#/alerts/schema.ts";
import { startDeliveries } from "#/alerts/start-alerts.ts";
import { webhookBody } from "#/alerts/webhook-body.ts";
import { applyDuePrices } from "#/book/apply-due-prices.ts";
import { approveHolds } from "#/book/decide-holds.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { systemClock } from "#/platform/clock.ts";
import { createLog } from "#/platform/log.ts";
import { enableSource } from "#/sources/enable-source.ts";
import { sources } from "#/sources/schema.ts";
import { forceReleaseLock } from "#/sync/force-release-lock.ts";
import { eventually } from "#/testing/eventually.ts";
import {
  ACTOR,
  failed,
  fetched,
  openGate,
  openrouterDocument,
  openSyncWorld,
  type SyncWorld,
} from "#/testing/sync-world.ts";
import { openWebhookReceiver } from "#/testing/webhook-receiver.ts";

let world: SyncWorld;
let receiver: Awaited<ReturnType<typeof openWebhookReceiver>>;
let deps: AlertDeps;
let stopDeliveries: () => Promise<void>;

beforeAll(async () => {
  world = await openSyncWorld();
  receiver = await openWebhookReceiver();
  const queue = await world.queues.open(DELIVERY_QUEUE);
  deps = {
    db: world.db,
    deliveries: queue,
    secret: "s".repeat(40),
    allowPrivateNetwork: true,
    publicUrl: "https://prices.example/",
    log: createLog("silent"),
  };
  stopDeliveries = (await startDeliveries({ ...deps, clock: systemClock }, queue)).stop;
  await world.startWorker();
});
afterAll(async () => {
  await stopDeliveries();
  await receiver.close();
  await world.close();
});
beforeEach(async () => {
  await world.db.delete(webhookEndpoints);
  await world.db.delete(alerts);
  await world.db.execute(sql`truncate alert_signals`);
  await world.db.update(sources).set({ enabled: false });
});

/** What the source `name` answers from now on. */
function answer(name: string, prices: Readonly<Record<string, readonly [string, string]>> | undefined): void {
  world.answers.set(name, () =>
    prices === undefined ? failed(`${name} answered 500`) : fetched(openrouterDocument(prices)),
  );
}

async function addSource(name: string, prices: Readonly<Record<string, readonly [string, string]>> | undefined) {
  await world.addSource(name, () => failed("not yet"));
  answer(name, prices);
}

async function sync(...names: string[]): Promise<string> {
  const { jobId } = await world.trigger({ sources: names });
  await world.ended(jobId);
  return jobId;
}

async function listen(name: string, events: readonly AlertEvent[], holdSeconds = 0) {
  const { id, signingSecret } = await addEndpoint(deps, ACTOR, {
    name,
    url: `${receiver.url}/${name}`,
    shape: "standard",
    events,
    holdSeconds,
  });
  return { id, signingSecret: signingSecret ?? "" };
}

/** One that waits to be sent, and that no worker knows of. */
async function addDelivery(endpointId: string): Promise<string> {
  const body = { type: "lock.stolen", timestamp: "", data: { summary: "x", details: [], url: null } };
  const [made] = await world.db
    .insert(webhookDeliveries)
    .values({ endpointId, event: "lock.stolen", body })
    .returning({ id: webhookDeliveries.id });
  return made?.id ?? "";
}

/** What came to an endpoint's path, with every signature checked. */
async function messages(name: string, secret: string, count: number) {
  const received = await receiver.has(`/${name}`, count);
  return received.map(({ text, headers }) =>
    webhookBody.parse(new Webhook(secret).verify(text, headers as Record<string, string>)),
  );
}

const deliveriesOf = async (endpoint: string) => (await listDeliveries(world.db, { endpoint, limit: 50 })).deliveries;

test("a run that lost a source is told once, signed, and told again when the source is read again", async () => {
  await addSource("north", { "n/one": ["0.000001", "0.000002"] });
  await addSource("south", undefined);
  const { signingSecret } = await listen("oncall", ["sync.failed", "sync.partial", "sync.recovered"]);
  const first = await sync("north", "south");
  await raiseAlerts(deps);
  await sync("north", "south");
  await raiseAlerts(deps);
  const [partial] = await messages("oncall", signingSecret, 1);
  expect(partial).toMatchObject({
    type: "sync.partial",
    data: {
      summary: "Sync partial, without: south",
      details: ["south: south answered 500"],
      url: `https://prices.example/syncs/${first}`,
      sources: [{ source: "south" }],
    },
  });
  expect(await listAlerts(world.db)).toMatchObject([{ event: "sync.partial", source: "south" }]);

  const dry = await world.trigger({ sources: ["north"], dryRun: true });
  await world.ended(dry.jobId);
  expect(await world.db.select().from(alertSignals)).toEqual([]);

  answer("south", { "s/one": ["0.000001", "0.000002"] });
  await sync("south");
  await raiseAlerts(deps);
  const [, recovered, more] = await messages("oncall", signingSecret, 2);
  expect(recovered).toMatchObject({ type: "sync.recovered", data: { summary: "Read again: south" } });
  expect(more).toBeUndefined();
  expect(await listAlerts(world.db)).toEqual([]);
});

test("what comes and goes within an endpoint's hold time is told to nobody, and what lasts is told when it is over", async () => {
  await addSource("flapping", undefined);
  await listen("patient", ["sync.failed", "sync.recovered"], 60);
  const { signingSecret } = await listen("eager", ["sync.failed", "sync.recovered"]);
  const age = (minutes: number) =>
    world.db.execute(
      sql`update alerts set opened_at = opened_at - ${minutes} * interval '1 minute', ended_at = ended_at - ${minutes} * interval '1 minute'`,
    );
  const flap = async () => {
    answer("flapping", undefined);
    await sync("flapping");
    await raiseAlerts(deps);
    answer("flapping", { "f/one": ["0.000001", "0.000002"] });
    await sync("flapping");
    await raiseAlerts(deps);
  };
  await flap();
  await flap();
  expect((await messages("eager", signingSecret, 4)).map(({ type }) => type)).toEqual(
    expect.arrayContaining(["sync.failed", "sync.recovered"]),
  );
  expect(await deliveriesOf("patient")).toEqual([]);

  answer("flapping", undefined);
  await sync("flapping");
  await raiseAlerts(deps);
  expect(await deliveriesOf("patient")).toEqual([]);
  await age(2);
  await raiseAlerts(deps);
  expect((await deliveriesOf("patient")).map(({ event }) => event)).toEqual(["sync.failed"]);

  // Well for an instant only: nobody is told that it is over, nor that it begins again.
  await flap();
  answer("flapping", undefined);
  await sync("flapping");
  await raiseAlerts(deps);
  await age(2);
  await raiseAlerts(deps);
  expect((await deliveriesOf("patient")).map(({ event }) => event)).toEqual(["sync.failed"]);
  answer("flapping", { "f/one": ["0.000001", "0.000002"] });
  await sync("flapping");
  await raiseAlerts(deps);
  await age(2);
  await raiseAlerts(deps);
  expect((await deliveriesOf("patient")).map(({ event }) => event)).toEqual(["sync.recovered", "sync.failed"]);
});

test("a source that is not read for a day is stale, and one that is disabled is nobody's worry any more", async () => {
  await addSource("old", { "o/one": ["0.000001", "0.000002"] });
  await addSource("older", { "o/two": ["0.000001", "0.000002"] });
  const { signingSecret } = await listen("watch", ["source.stale", "source.recovered"]);
  await sync("old", "older");
  await raiseAlerts(deps);
  expect(await deliveriesOf("watch")).toEqual([]);
  await world.db.update(sources).set({ lastSuccessAt: sql`clock_timestamp() - interval '25 hours'` });
  await Promise.all(Array.from({ length: 4 }, () => raiseAlerts(deps)));
  const [stale] = await messages("watch", signingSecret, 1);
  expect(stale).toMatchObject({ type: "source.stale", data: { summary: "Stale: old, older" } });
  await enableSource(world.db, ACTOR, { name: "older", enabled: false });
  await sync("old");
  await raiseAlerts(deps);
  const [, fresh] = await messages("watch", signingSecret, 2);
  expect(fresh).toMatchObject({ type: "source.recovered", data: { summary: "Read again: old" } });
  expect((await deliveriesOf("watch")).length).toBe(2);
});

test("prices that change are told once per run or decision, with what they were and are", async () => {
  await addSource("shop", { "acme/a": ["0.000001", "0.000002"], "acme/b": ["0.000001", "0.000002"] });
  const { signingSecret } = await listen("gateway", ["price.changed", "price.held"]);
  const first = await sync("shop");
  await raiseAlerts(deps);
  answer("shop", { "acme/a": ["0.0000012", "0.000002"], "acme/b": ["0.5", "0.5"] });
  const second = await sync("shop");
  await raiseAlerts(deps);
  await raiseAlerts(deps);
  const told = await messages("gateway", signingSecret, 3);
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
  await raiseAlerts(deps);
  const target = { seller: "openrouter", model: "acme/a", variant: "default" };
  await setPin(world.db, ACTOR, {
    ...target,
    charges: [{ meter: "input", unit: "token", amount: "0.000003" }],
    reason: "a contract",
  });
  await raiseAlerts(deps);
  await clearPin(world.db, ACTOR, { ...target, reason: "it ended" });
  await raiseAlerts(deps);
  const later = (await messages("gateway", signingSecret, 6)).map(({ data }) => [data.summary, data.details[0]]);
  expect(later).toEqual(
    expect.arrayContaining([
      ["Prices: 1 changed by ann@example.com", expect.stringContaining("openrouter acme/b, says shop: input $1.00")],
      [
        "Prices: 1 changed by ann@example.com",
        expect.stringContaining("openrouter acme/a, pinned: input $3.00 per 1M tokens"),
      ],
      ["Prices: 1 went by ann@example.com", "openrouter acme/a: no longer pinned"],
    ]),
  );
});

test("an announced price is told on its day, and a model that goes is told as gone", async () => {
  await addSource("calendar", { "d/one": ["0.000001", "0.000002"], "d/two": ["0.000001", "0.000002"] });
  await sync("calendar");
  await world.db.execute(sql`truncate alert_signals`);
  const { signingSecret } = await listen("diary", ["price.changed"]);
  await world.db.execute(sql`
    insert into model_pricing_history (source, seller, model, variant, state, charges, fingerprint, previous_state,
      previous_charges, effective_at, cause, announced, job_id)
    select source, seller, model, variant, state, '[{"meter": "input", "unit": "token", "amount": "0.000009"}]', 'new', state,
      charges, clock_timestamp(), 'sync', true, job_id from model_pricing where source = 'calendar' and model = 'd/one'`);
  await raiseAlerts(deps);
  expect(await deliveriesOf("diary")).toEqual([]);
  await world.db.transaction((tx) => applyDuePrices(tx, "calendar", new Date(Date.now() + 1_000).toISOString()));
  await raiseAlerts(deps);
  answer("calendar", { "d/one": ["0.000001", "0.000002"] });
  await world.db.execute(sql`update model_pricing set missed_payloads = 2 where model = 'd/two'`);
  await sync("calendar");
  await raiseAlerts(deps);
  const told = await messages("diary", signingSecret, 2);
  expect(told.map(({ data }) => data.details)).toEqual(
    expect.arrayContaining([
      [expect.stringContaining("openrouter d/one, says calendar: input $1.00 → $9.00 per 1M tokens")],
      expect.arrayContaining(["openrouter d/two, says calendar: gone"]),
    ]),
  );
});

test("what a run has changed is told when it has ended, in one message for all its sources", async () => {
  const gate = openGate();
  await addSource("quick", { "q/one": ["0.000001", "0.000002"] });
  await world.addSource("late", async ({ signal }) => {
    await gate.wait(signal);
    return fetched(openrouterDocument({ "l/one": ["0.000001", "0.000002"] }));
  });
  const { signingSecret } = await listen("whole", ["price.changed"]);
  const { jobId } = await world.trigger({ sources: ["quick", "late"] });
  await eventually("the first source is applied", async () => (await world.db.select().from(alertSignals)).length > 0);
  await raiseAlerts(deps);
  expect(await deliveriesOf("whole")).toEqual([]);
  gate.open();
  await world.ended(jobId);
  await raiseAlerts(deps);
  const told = await messages("whole", signingSecret, 1);
  expect(told.map(({ data }) => data.summary)).toEqual(["Prices: 2 came"]);
});

test("several processes that look at once tell an endpoint once, and none of them fails", async () => {
  await addSource("down", undefined);
  await sync("down");
  await raiseAlerts(deps);
  await listen("added-later", ["sync.failed"]);
  await Promise.all(Array.from({ length: 6 }, () => raiseAlerts(deps)));
  expect((await deliveriesOf("added-later")).map(({ event }) => event)).toEqual(["sync.failed"]);
});

test("a lock that is taken from its holder is told", async () => {
  const gate = openGate();
  await world.addSource("slow", async ({ signal }) => {
    await gate.wait(signal);
    return failed("too late");
  });
  const { signingSecret } = await listen("ops", ["lock.stolen"]);
  const { jobId } = await world.trigger({ sources: ["slow"] });
  await eventually(
    "the sync runs",
    async () => (await world.db.execute(sql`select from pricing_sync_lock where job_id = ${jobId}`)).length > 0,
  );
  await forceReleaseLock(world.db, ACTOR, { reason: "it hangs" });
  await raiseAlerts(deps);
  const [stolen] = await messages("ops", signingSecret, 1);
  expect(stolen).toMatchObject({
    type: "lock.stolen",
    data: { summary: "The sync lock was taken from worker/1 by hand", job_id: jobId },
  });
  gate.open();
  await world.ended(jobId);
});

test("a receiver that fails is tried again later with the same id, and every attempt stands in the log", async () => {
  const { id } = await listen("shaky", ["lock.stolen"]);
  receiver.answers.set("/shaky", { status: 503, headers: { "retry-after": "90" } });
  const deliveryId = await addDelivery(id);
  await deliverWebhook(deps, deliveryId);
  const [waiting] = await deliveriesOf("shaky");
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

  receiver.answers.delete("/shaky");
  await deliverWebhook(deps, deliveryId);
  expect(await deliveriesOf("shaky")).toMatchObject([
    { state: "delivered", tries: 2, nextAttemptAt: null, attempts: [{ status: 503 }, { status: 204, error: null }] },
  ]);
  expect((await listEndpoints(world.db))[0]?.failingSince).toBeNull();
  await redeliver(deps, ACTOR, { id: deliveryId });
  const received = await receiver.has("/shaky", 3);
  expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([deliveryId]));
  await eventually("it is written", async () => (await deliveriesOf("shaky"))[0]?.state === "delivered");
});

test("an attempt that was made twice at once is written once", async () => {
  const { id } = await listen("doubled", ["lock.stolen"]);
  receiver.answers.set("/doubled", { status: 500 });
  const deliveryId = await addDelivery(id);
  await Promise.all([deliverWebhook(deps, deliveryId), deliverWebhook(deps, deliveryId)]);
  expect(await deliveriesOf("doubled")).toMatchObject([{ state: "pending", tries: 1, attempts: [{ status: 500 }] }]);
  const entries = await world.db.execute(sql`
    select from pgboss.job where name = ${DELIVERY_QUEUE.name} and data ->> 'deliveryId' = ${deliveryId}`);
  expect(entries).toHaveLength(1);
});

test("an attempt that is broken off by a shutdown is left to the next worker", async () => {
  const { id } = await listen("silent", ["lock.stolen"]);
  receiver.answers.set("/silent", "never");
  const deliveryId = await addDelivery(id);
  const stopping = new AbortController();
  const sending = deliverWebhook(deps, deliveryId, stopping.signal);
  await receiver.has("/silent", 1);
  stopping.abort(new Error("shutting down"));
  await expect(sending).rejects.toThrow("shutting down");
  expect(await deliveriesOf("silent")).toMatchObject([{ state: "pending", tries: 0, attempts: [] }]);
});

test("it is given up after ten attempts over three days", async () => {
  const { id } = await listen("deaf", ["lock.stolen"]);
  receiver.answers.set("/deaf", { status: 500 });
  const deliveryId = await addDelivery(id);
  const waits: number[] = [];
  for (let tries = 0; tries < 10; tries += 1) {
    const before = Date.now();
    await deliverWebhook(deps, deliveryId);
    const [delivery] = await deliveriesOf("deaf");
    if (delivery?.nextAttemptAt) waits.push(Date.parse(delivery.nextAttemptAt) - before);
  }
  expect(await deliveriesOf("deaf")).toMatchObject([{ state: "failed", tries: 10 }]);
  expect(waits).toHaveLength(9);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  const days = waits.reduce((sum, wait) => sum + wait, 0) / 86_400_000;
  expect(days).toBeGreaterThan(3);
  await expect(deliverWebhook(deps, deliveryId)).resolves.toBeUndefined();
  expect(receiver.at("/deaf")).toHaveLength(10);
});

test.each([
  ["to which nothing got through for five days", 500, "Nothing got through for 5 days"],
  ["that says that it is gone", 410, "gone for good"],
])("an endpoint %s is disabled, and the others are told", async (_what, status, why) => {
  const { id } = await listen("gone", ["lock.stolen"]);
  const path = `/others-${status}`;
  await addEndpoint(deps, ACTOR, {
    name: "others",
    url: `${receiver.url}${path}`,
    shape: "slack",
    events: ["webhook.disabled"],
    holdSeconds: 0,
  });
  receiver.answers.set("/gone", { status });
  if (status === 500)
    await world.db
      .update(webhookEndpoints)
      .set({ failingSince: sql`clock_timestamp() - interval '121 hours'` })
      .where(eq(webhookEndpoints.id, id));
  const deliveryIds = [await addDelivery(id), await addDelivery(id)] as const;
  await deliverWebhook(deps, deliveryIds[0]);
  expect((await listEndpoints(world.db)).find(({ name }) => name === "gone")).toMatchObject({
    disabledReason: expect.stringContaining(why),
  });
  expect((await deliveriesOf("gone")).map(({ state }) => state)).toEqual(["failed", "failed"]);
  const [said] = await receiver.has(path, 1);
  expect(JSON.parse(said?.text ?? "")).toMatchObject({
    text: expect.stringContaining('The webhook "gone" is disabled'),
  });
  const [entry] = await world.db.select().from(auditLog).orderBy(desc(auditLog.id)).limit(1);
  expect(entry).toMatchObject({ actor: "alerts", action: "alerts.disableEndpoint", target: "gone" });
  await expect(redeliver(deps, ACTOR, { id: deliveryIds[1] })).rejects.toThrow("disabled");
  await enableEndpoint(world.db, ACTOR, { name: "gone" });
  expect((await listEndpoints(world.db)).find(({ name }) => name === "gone")).toMatchObject({
    disabledAt: null,
    failingSince: null,
  });
});

test("a test is sent at once and once, also to an endpoint that is disabled", async () => {
  await listen("tried", ["lock.stolen"]);
  await disableEndpoint(world.db, ACTOR, { name: "tried", reason: "moving house" });
  await world.db.execute(sql`
    insert into alert_signals (kind, data) values ('lock.stolen', '{"worker": "worker/1", "by": null}')`);
  await raiseAlerts(deps);
  expect(await deliveriesOf("tried")).toEqual([]);
  receiver.answers.set("/tried", { status: 404 });
  expect(await testEndpoint(deps, ACTOR, { name: "tried" })).toMatchObject({
    event: "webhook.test",
    state: "failed",
    attempts: [{ status: 404, error: expect.stringContaining("Check the address") }],
  });
  receiver.answers.set("/tried", { status: 302, headers: { location: `${receiver.url}/elsewhere` } });
  expect(await testEndpoint(deps, ACTOR, { name: "tried" })).toMatchObject({
    attempts: [{ status: 302, error: expect.stringContaining("Redirects are not followed") }],
  });
  expect(receiver.at("/elsewhere")).toEqual([]);
  receiver.answers.delete("/tried");
  expect(await testEndpoint(deps, ACTOR, { name: "tried" })).toMatchObject({
    state: "delivered",
    attempts: [{ status: 204 }],
  });
});

test("a new secret signs beside the old one for a day", async () => {
  const { signingSecret } = await listen("rotated", ["lock.stolen"]);
  const { signingSecret: next } = await rotateSecret(deps, ACTOR, { name: "rotated" });
  await testEndpoint(deps, ACTOR, { name: "rotated" });
  await messages("rotated", signingSecret, 1);
  await messages("rotated", next, 1);
  await world.db.update(webhookEndpoints).set({ previousUntil: sql`clock_timestamp() - interval '1 second'` });
  await testEndpoint(deps, ACTOR, { name: "rotated" });
  const [, { text, headers } = { text: "", headers: {} }] = await receiver.has("/rotated", 2);
  expect(() => new Webhook(signingSecret).verify(text, headers as Record<string, string>)).toThrow(
    "No matching signature",
  );
});

test("an address is kept sealed, and one under another AUTH_SECRET says what to do", async () => {
  const url = `${receiver.url}/services/T0/B0/a-chat-service-credential`;
  await addEndpoint(deps, ACTOR, { name: "chat", url, shape: "discord", events: ["lock.stolen"], holdSeconds: 0 });
  const [row] = await world.db.select().from(webhookEndpoints).where(eq(webhookEndpoints.name, "chat"));
  expect(JSON.stringify(row)).not.toContain("a-chat-service");
  expect((await listEndpoints(world.db)).map((one) => one.url)).toEqual([`${receiver.url}/…tial`]);
  expect(await testEndpoint({ ...deps, secret: "o".repeat(40) }, ACTOR, { name: "chat" })).toMatchObject({
    attempts: [{ status: null, error: expect.stringContaining("another AUTH_SECRET") }],
  });
});

test("an address that is no web address, private, or carries credentials is refused in words", async () => {
  const add = (url: string) =>
    addEndpoint({ ...deps, allowPrivateNetwork: false }, ACTOR, {
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
