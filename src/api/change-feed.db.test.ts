import { parseFeed } from "@rowanmanning/feed-parser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createKey } from "#/access/api-keys.ts";
import { rankSource } from "#/book/rank-source.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { decimal } from "#/price/decimal.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { ACTOR, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let key: string;
const MODEL = { seller: "acme", model: "a/m", variant: "default" };

const pin = (amount: string) =>
  setPin(world.db, ACTOR, {
    ...MODEL,
    charges: [{ meter: "input", unit: "token", amount: decimal(amount) }],
    reason: "our contract",
  });
const get = (query = "", headers: Record<string, string> = {}, path = "/v1/changes.atom") =>
  doors.app.inject({
    url: `${path}${query}`,
    headers: { authorization: `Basic ${Buffer.from(`reader:${key}`).toString("base64")}`, ...headers },
  });
const titles = async (query = "") => parseFeed((await get(query)).body).items.map(({ title }) => title);

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  ({ key } = await createKey(world.db, ACTOR, { name: "reader", role: "viewer" }));
  await pin("0.000002");
  await pin("0.000003");
  await doors.prices.refresh();
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

test("a reader of feeds gets the newest changes first, with the key in its address", async () => {
  const answer = await get();
  expect(answer.headers["content-type"]).toBe("application/atom+xml; charset=utf-8");
  const feed = parseFeed(answer.body);
  expect(feed.items).toMatchObject([
    {
      title: "Price changed: a/m at acme",
      url: "http://localhost/prices/acme/a/m",
      content: "input $2.00 → $3.00 per 1M tokens. Version 2, by pin, says pin.",
    },
    { title: "New price: a/m at acme" },
  ]);
  expect(new Set(feed.items.map(({ id }) => id)).size).toBe(2);
  expect((await doors.app.inject({ url: "/v1/changes.atom" })).statusCode).toBe(401);
});

test("the feed takes a limit and a version, and refuses a version that the book does not have", async () => {
  expect(await titles("?limit=1")).toEqual(["Price changed: a/m at acme"]);
  expect(await titles("?after=1")).toEqual(["Price changed: a/m at acme"]);
  expect(await titles("?after=2")).toEqual([]);
  expect((await get("?after=99")).statusCode).toBe(410);
  expect((await get("?limit=0")).statusCode).toBe(422);
});

test("an unchanged feed is a 304, and the next version another feed; links begin with where it was asked for", async () => {
  const { etag = "" } = (await get()).headers;
  const same = await get("", { "if-none-match": etag });
  expect(same).toMatchObject({ statusCode: 304, body: "" });
  const elsewhere = await get("", { "if-none-match": etag, host: "other.example.com" });
  expect(elsewhere.body).toContain("http://other.example.com/prices/acme/a/m");

  await clearPin(world.db, ACTOR, { ...MODEL, reason: "it is over" });
  await doors.prices.refresh();
  const next = await get("", { "if-none-match": etag });
  expect(parseFeed(next.body).items[0]).toMatchObject({ title: "No price any more: a/m at acme" });
});

test("a price that is taken from another source and is the same is no change of the feed", async () => {
  for (const name of ["one", "two"])
    await world.addSource(name, () => fetched(openrouterDocument({ "s/m": ["0.000001", "0.000004"] })));
  const worker = await world.startWorker();
  await world.ended((await world.trigger({})).jobId);
  await worker.stop(0);
  await doors.prices.refresh();
  const before = doors.prices.version();
  await rankSource(world.db, ACTOR, { name: "two", rank: 1, reason: "it is quicker", dryRun: false });
  await doors.prices.refresh();
  const { changes } = (await get(`?after=${before}`, {}, "/v1/changes")).json<{ changes: { change: string }[] }>();
  expect(changes).toMatchObject([{ change: "source" }]);
  expect(await titles(`?after=${before}`)).toEqual([]);
  expect(await titles("?limit=1")).toEqual(["New price: s/m at openrouter"]);
});

test("links begin with PUBLIC_URL where there is one", async () => {
  const other = await openDoors(world, { publicUrl: "https://prices.example.com/" });
  const { body } = await other.app.inject({
    url: "/v1/changes.atom",
    headers: { authorization: `Bearer ${DOORS_KEY}` },
  });
  await other.close();
  expect(body).toContain('href="https://prices.example.com/prices/acme/a/m"');
});
