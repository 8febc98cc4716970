import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { listAlerts } from "#/alerts/list-alerts.ts";
import { raiseAlerts } from "#/alerts/raise-alerts.ts";
import { alertSignals } from "#/alerts/schema.ts";
import { enableSource } from "#/sources/enable-source.ts";
import { sources } from "#/sources/schema.ts";
import { forceReleaseLock } from "#/sync/lease/force-release-lock.ts";
import { openAlertWorld, type AlertWorld } from "#/testing/alert-world.ts";
import { eventually } from "#/testing/eventually.ts";
import { ACTOR, failed, fetched, openGate } from "#/testing/sync-world.ts";

let world: AlertWorld;
beforeAll(async () => {
  world = await openAlertWorld();
});
afterAll(() => world.close());
beforeEach(() => world.clear());

test("a run that lost a source is told once, signed, and told again when the source is read again", async () => {
  await world.addPriceSource("north", { "n/one": ["0.000001", "0.000002"] });
  await world.addPriceSource("south", undefined);
  const { signingSecret } = await world.listen("oncall", ["sync.failed", "sync.partial", "sync.recovered"]);
  const first = await world.sync("north", "south");
  await raiseAlerts(world.deps);
  await world.sync("north", "south");
  await raiseAlerts(world.deps);
  const [partial] = await world.messages("oncall", signingSecret, 1);
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

  world.answer("south", { "s/one": ["0.000001", "0.000002"] });
  await world.sync("south");
  await raiseAlerts(world.deps);
  const [, recovered, more] = await world.messages("oncall", signingSecret, 2);
  expect(recovered).toMatchObject({ type: "sync.recovered", data: { summary: "Read again: south" } });
  expect(more).toBeUndefined();
  expect(await listAlerts(world.db)).toEqual([]);
});

test("a source that fails is one alert, whether others ran with it or not, and is told once", async () => {
  await world.addPriceSource("well", { "w/one": ["0.000001", "0.000002"] });
  await world.addPriceSource("ill", undefined);
  const { signingSecret } = await world.listen("pager", ["sync.failed", "sync.partial", "sync.recovered"]);
  const runs: [string[], string][] = [
    [["ill"], "sync.failed"],
    [["well", "ill"], "sync.partial"],
    [["ill"], "sync.failed"],
  ];
  await world.listen("partial-only", ["sync.partial"]);
  for (const [names, event] of runs) {
    const jobId = await world.sync(...names);
    await raiseAlerts(world.deps);
    expect(await listAlerts(world.db)).toMatchObject([{ event, source: "ill", jobId }]);
  }
  world.answer("ill", { "i/one": ["0.000001", "0.000002"] });
  await world.sync("ill");
  await raiseAlerts(world.deps);
  expect(await listAlerts(world.db)).toEqual([]);
  expect((await world.messages("pager", signingSecret, 2)).map(({ type }) => type)).toEqual([
    "sync.failed",
    "sync.recovered",
  ]);
  expect(await world.deliveriesOf("pager")).toHaveLength(2);
  expect(await world.deliveriesOf("partial-only")).toHaveLength(1);

  world.answer("ill", undefined);
  await world.sync("well", "ill");
  await raiseAlerts(world.deps);
  await world.sync("ill");
  await raiseAlerts(world.deps);
  expect(await listAlerts(world.db)).toMatchObject([{ event: "sync.failed", source: "ill" }]);
  expect((await world.deliveriesOf("pager")).map(({ event }) => event)).toEqual([
    "sync.partial",
    "sync.recovered",
    "sync.failed",
  ]);
});

test("a source that recovers for less than the hold time and fails in another company is told neither over nor new", async () => {
  await world.addPriceSource("steady", { "s/one": ["0.000001", "0.000002"] });
  await world.addPriceSource("shaky", undefined);
  await world.listen("calm", ["sync.failed", "sync.partial", "sync.recovered"], 60);
  await world.sync("shaky");
  await raiseAlerts(world.deps);
  await world.db.execute(sql`update alerts set opened_at = opened_at - interval '2 minutes'`);
  await raiseAlerts(world.deps);
  world.answer("shaky", { "s/two": ["0.000001", "0.000002"] });
  await world.sync("shaky");
  await raiseAlerts(world.deps);
  world.answer("shaky", undefined);
  await world.sync("steady", "shaky");
  await raiseAlerts(world.deps);
  await world.db.execute(sql`
    update alerts set opened_at = opened_at - interval '2 minutes', ended_at = ended_at - interval '2 minutes'`);
  await raiseAlerts(world.deps);
  expect(await listAlerts(world.db)).toMatchObject([{ event: "sync.partial", source: "shaky" }]);
  expect((await world.deliveriesOf("calm")).map(({ event }) => event)).toEqual(["sync.failed"]);
});

test("what comes and goes within an endpoint's hold time is told to nobody, and what lasts is told when it is over", async () => {
  await world.addPriceSource("flapping", undefined);
  await world.listen("patient", ["sync.failed", "sync.recovered"], 60);
  const { signingSecret } = await world.listen("eager", ["sync.failed", "sync.recovered"]);
  const age = (minutes: number) =>
    world.db.execute(
      sql`update alerts set opened_at = opened_at - ${minutes} * interval '1 minute', ended_at = ended_at - ${minutes} * interval '1 minute'`,
    );
  const flap = async () => {
    world.answer("flapping", undefined);
    await world.sync("flapping");
    await raiseAlerts(world.deps);
    world.answer("flapping", { "f/one": ["0.000001", "0.000002"] });
    await world.sync("flapping");
    await raiseAlerts(world.deps);
  };
  await flap();
  await flap();
  expect((await world.messages("eager", signingSecret, 4)).map(({ type }) => type)).toEqual(
    expect.arrayContaining(["sync.failed", "sync.recovered"]),
  );
  expect(await world.deliveriesOf("patient")).toEqual([]);

  world.answer("flapping", undefined);
  await world.sync("flapping");
  await raiseAlerts(world.deps);
  expect(await world.deliveriesOf("patient")).toEqual([]);
  await age(2);
  await raiseAlerts(world.deps);
  expect((await world.deliveriesOf("patient")).map(({ event }) => event)).toEqual(["sync.failed"]);

  // Well for an instant only: nobody is told that it is over, nor that it begins again.
  await flap();
  world.answer("flapping", undefined);
  await world.sync("flapping");
  await raiseAlerts(world.deps);
  await age(2);
  await raiseAlerts(world.deps);
  expect((await world.deliveriesOf("patient")).map(({ event }) => event)).toEqual(["sync.failed"]);
  world.answer("flapping", { "f/one": ["0.000001", "0.000002"] });
  await world.sync("flapping");
  await raiseAlerts(world.deps);
  await age(2);
  await raiseAlerts(world.deps);
  expect((await world.deliveriesOf("patient")).map(({ event }) => event)).toEqual(["sync.recovered", "sync.failed"]);
});

test("a source that is not read for a day is stale, and one that is disabled is nobody's worry any more", async () => {
  await world.addPriceSource("old", { "o/one": ["0.000001", "0.000002"] });
  await world.addPriceSource("older", { "o/two": ["0.000001", "0.000002"] });
  const { signingSecret } = await world.listen("watch", ["source.stale", "source.recovered"]);
  await world.sync("old", "older");
  await raiseAlerts(world.deps);
  expect(await world.deliveriesOf("watch")).toEqual([]);
  await world.db.update(sources).set({ lastSuccessAt: sql`clock_timestamp() - interval '25 hours'` });
  await Promise.all(Array.from({ length: 4 }, () => raiseAlerts(world.deps)));
  const [stale] = await world.messages("watch", signingSecret, 1);
  expect(stale).toMatchObject({ type: "source.stale", data: { summary: "Stale: old, older" } });
  await enableSource(world.db, ACTOR, { name: "older", enabled: false });
  await world.sync("old");
  await raiseAlerts(world.deps);
  const [, fresh] = await world.messages("watch", signingSecret, 2);
  expect(fresh).toMatchObject({ type: "source.recovered", data: { summary: "Read again: old" } });
  expect((await world.deliveriesOf("watch")).length).toBe(2);
});

test("several processes that look at once tell an endpoint once, and none of them fails", async () => {
  await world.addPriceSource("down", undefined);
  await world.sync("down");
  await raiseAlerts(world.deps);
  await world.listen("added-later", ["sync.failed"]);
  await Promise.all(Array.from({ length: 6 }, () => raiseAlerts(world.deps)));
  expect((await world.deliveriesOf("added-later")).map(({ event }) => event)).toEqual(["sync.failed"]);
});

test("a lock that is taken from its holder is told", async () => {
  const gate = openGate();
  await world.addSource("slow", async ({ signal }) => {
    await gate.wait(signal);
    return failed("too late");
  });
  const { signingSecret } = await world.listen("ops", ["lock.stolen"]);
  const { jobId } = await world.trigger({ sources: ["slow"] });
  await eventually(
    "the sync runs",
    async () => (await world.db.execute(sql`select from pricing_sync_lock where job_id = ${jobId}`)).length > 0,
  );
  await forceReleaseLock(world.db, ACTOR, { reason: "it hangs" });
  await raiseAlerts(world.deps);
  const [stolen] = await world.messages("ops", signingSecret, 1);
  expect(stolen).toMatchObject({
    type: "lock.stolen",
    data: { summary: "The sync lock was taken from worker/1 by hand", job_id: jobId },
  });
  gate.open();
  await world.ended(jobId);
});

test("a model that stops being answered soon is told once, and is over when its date goes away or nobody lists it any more", async () => {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const near = inDays(30);
  await world.addPriceSource("dated", {});
  const serve = (days: Readonly<Record<string, string | null>>) =>
    world.answers.set("dated", () => {
      const pricing = { prompt: "0.000001", completion: "0.000002" };
      const data = Object.entries(days).map(([id, day]) => ({ id, pricing, expiration_date: day }));
      return fetched(JSON.stringify({ data: [...data, { id: "d/kept", pricing }] }));
    });
  const { signingSecret } = await world.listen("planner", ["model.sunset"]);
  serve({ "d/near": near, "d/far": inDays(31), "d/past": inDays(-1) });
  for (let round = 0; round < 2; round += 1) {
    await world.sync("dated");
    await raiseAlerts(world.deps);
  }
  const [told] = await world.messages("planner", signingSecret, 1);
  expect(told).toMatchObject({
    type: "model.sunset",
    data: {
      summary: "1 model stops being answered within 30 days",
      details: [`openrouter d/near: ${near}, says dated`],
      url: "https://prices.example/prices?mark=sunset",
    },
  });
  const open = [{ event: "model.sunset", source: null, model: "openrouter d/near" }];
  expect(await listAlerts(world.db)).toMatchObject(open);

  // The day has passed, and the model is listed all the same.
  serve({ "d/near": inDays(-1), "d/far": null, "d/past": null });
  await world.sync("dated");
  await raiseAlerts(world.deps);
  expect(await listAlerts(world.db)).toMatchObject(open);

  serve({ "d/near": null, "d/far": near, "d/past": null });
  await world.sync("dated");
  await raiseAlerts(world.deps);
  expect(await listAlerts(world.db)).toMatchObject([{ model: "openrouter d/far" }]);

  serve({ "d/near": null, "d/past": null });
  for (let round = 0; round < 3; round += 1) await world.sync("dated");
  await raiseAlerts(world.deps);
  expect(await listAlerts(world.db)).toEqual([]);
  expect((await world.deliveriesOf("planner")).map(({ event }) => event)).toEqual(["model.sunset", "model.sunset"]);
});
