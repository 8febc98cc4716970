import { parse } from "csv-parse/sync";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listPrices, type PriceFilter } from "#/book/list-prices.ts";
import { setPin } from "#/book/set-pin.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { ACTOR, fetched, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
const price = { litellm_provider: "acme", mode: "chat", input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 };

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  await world.startWorker();
  const first = {
    "acme/small": { ...price, max_input_tokens: 8_000 },
    "acme/large": { ...price, max_input_tokens: 200_000, supported_modalities: ["text", "image"] },
    "acme/unknown": { litellm_provider: "acme", mode: "embedding" },
    "other/one": { ...price, litellm_provider: "other" },
  };
  await world.addSource("first", () => fetched(JSON.stringify(first)), "litellm");
  await world.addSource("second", () => fetched(JSON.stringify({ "acme/small": price })), "litellm");
  await world.ended((await world.trigger({ sources: ["first", "second"] })).jobId);
  await setPin(world.db, ACTOR, {
    seller: "other",
    model: "one",
    variant: "default",
    charges: [{ meter: "input", unit: "token", amount: "0.0000007" }],
    reason: "our contract",
  });
  await world.db.execute(sql`update model_pricing set missed_payloads = 1 where model = 'large'`);
  await doors.prices.refresh();
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

async function ask(query: string, headers: Readonly<Record<string, string>> = {}) {
  return doors.app.inject({
    url: `/v1/export/csv${query}`,
    headers: { authorization: `Bearer ${DOORS_KEY}`, ...headers },
  });
}

type Line = Readonly<Record<string, string>>;
const linesOf = (body: string) => parse(body, { columns: true }) as Line[];
const keysOf = (lines: readonly Line[]) => [
  ...new Set(lines.map(({ seller, model, variant }) => [seller, model, variant].join(" "))),
];

test.each<[string, PriceFilter, number]>([
  ["?search=ACME+la", { search: "ACME la" }, 1],
  ["?seller=Acme", { seller: "Acme" }, 3],
  ["?source=second", { source: "second" }, 1],
  ["?state=unknown", { state: "unknown" }, 1],
  ["?mark=pinned", { mark: "pinned" }, 1],
  ["?mark=missing", { mark: "missing" }, 1],
  ["?contextTokens=100000", { contextTokens: 100_000 }, 1],
  ["?takes=image", { takes: "image" }, 1],
  ["?mode=chat&seller=acme", { mode: "chat", seller: "acme" }, 2],
  ["?mode=nothing", { mode: "nothing" }, 0],
])("the CSV of %s has exactly the rates of the list under that filter", async (query, filter, count) => {
  const { rates } = await listPrices(world.db, { ...filter, limit: 100 });
  const answer = await ask(query);
  expect(answer.statusCode, answer.body).toBe(200);
  expect(keysOf(linesOf(answer.body))).toEqual(rates.map((rate) => `${rate.seller} ${rate.model} ${rate.variant}`));
  expect(rates).toHaveLength(count);
  expect(answer.headers["x-ratebook-rates"]).toBe(String(count));
});

test("a rate without a price stands on a line without an amount, and only under a filter", async () => {
  expect(linesOf((await ask("?state=unknown")).body)).toMatchObject([
    { seller: "acme", model: "unknown", state: "unknown", meter: "", unit: "", usd_per_unit: "" },
  ]);
  expect(keysOf(linesOf((await ask("")).body))).not.toContain("acme unknown default");
});

test("a filtered CSV is read anew each time, since marks are of no version of the book", async () => {
  const before = await ask("?mark=stale");
  expect(linesOf(before.body)).toEqual([]);
  expect(before.headers).toMatchObject({ "cache-control": "private, no-store" });
  expect(before.headers["etag"]).toBeUndefined();
  await world.db.execute(sql`update model_pricing set stale_since = now() where model = 'small'`);
  const packed = await ask("?mark=stale", { "accept-encoding": "gzip" });
  expect(packed.headers["content-encoding"]).toBe("gzip");
  expect(keysOf(linesOf((await ask("?mark=stale")).body))).toEqual(["acme small default"]);
});

test.each([
  ["?colour=red", "There is no parameter colour; there are search, source, seller"],
  ["?state=dear", "state"],
  ["?contextTokens=many", "contextTokens"],
  ["?mark=held&at=2026-01-01T00:00:00Z", "A filter selects present prices only"],
])("%s is refused in words", async (query, words) => {
  const answer = await ask(query);
  expect(answer.statusCode).toBe(422);
  expect(answer.json()).toMatchObject({ status: 422, detail: expect.stringContaining(words) as string });
});
