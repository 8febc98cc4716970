import { get, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { faultRequestSchema, type FaultInput } from "#/market/fault.ts";
import { FEED_PATHS, FEEDS, type Feed } from "#/market/feed.ts";
import { createMarketClient, type MarketClient } from "#/market/market-client.ts";
import { openMarket, type OpenMarket } from "#/market/open-market.ts";
import { fetchFeed } from "#/market/read-feeds.ts";

let market: OpenMarket;
let client: MarketClient;

beforeAll(async () => {
  market = await openMarket({ seed: 7, models: 40 });
  client = createMarketClient(market.url);
});
beforeEach(() => client.reset());
afterAll(() => market.close());

const address = (feed: Feed): string => market.url + FEED_PATHS[feed];

async function withFault(fault: FaultInput, init: RequestInit = {}): Promise<Response> {
  await client.setFault(fault);
  return fetch(address(fault.feed), init);
}

test("a fault lasts for as many requests as it says, for its feed only", async () => {
  await client.setFault({ feed: "litellm", kind: "status", status: 418, times: 2 });
  const codes = [];
  for (let at = 0; at < 3; at++) codes.push((await fetch(address("litellm"))).status);
  expect(codes).toEqual([418, 418, 200]);
  expect((await fetch(address("openrouter"))).status).toBe(200);
  expect((await client.state()).feeds.litellm).toMatchObject({ requests: 3, faulted: 2 });
});

test("a fault without a number of times lasts until it is cleared", async () => {
  await client.setFault({ feed: "litellm", kind: "status", status: 500 });
  await client.setFault({ feed: "openrouter", kind: "status", status: 500 });
  expect((await fetch(address("litellm"))).status).toBe(500);
  expect((await fetch(address("litellm"))).status).toBe(500);
  await client.clearFaults("litellm");
  expect((await fetch(address("litellm"))).status).toBe(200);
  expect((await fetch(address("openrouter"))).status).toBe(500);
  await client.clearFaults();
  expect((await fetch(address("openrouter"))).status).toBe(200);
});

test("a fault that a test sets outlives the script's next step", async () => {
  await client.setFault({ feed: "litellm", kind: "html" });
  await client.step();
  expect((await client.state()).faults).toEqual([{ feed: "litellm", kind: "html" }]);
});

test("a rate limit says when to come back", async () => {
  const response = await withFault({ feed: "litellm", kind: "rate-limit", retryAfterSeconds: 17 });
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "17"]);
});

test("a delayed answer comes late and whole", async () => {
  const started = performance.now();
  const response = await withFault({ feed: "openrouter", kind: "delay", delayMs: 60 });
  expect(await response.text()).toContain('"data"');
  expect(performance.now() - started).toBeGreaterThan(59);
});

test("a dripping answer says its length first and comes in many pieces, whole", async () => {
  const whole = await fetchFeed(market.url, "openrouter");
  const response = await withFault(
    { feed: "openrouter", kind: "drip", bytesPerSecond: 200_000 },
    { headers: { "accept-encoding": "identity" } },
  );
  expect(Number(response.headers.get("content-length"))).toBe(Buffer.byteLength(whole));
  const pieces = [];
  for await (const piece of response.body ?? []) pieces.push(piece);
  expect(pieces.length).toBeGreaterThan(2);
  expect(Buffer.concat(pieces).toString()).toBe(whole);
});

test("a reader may hang up on a dripping answer, and the market goes on", async () => {
  const hangUp = new AbortController();
  const response = await withFault(
    { feed: "openrouter", kind: "drip", bytesPerSecond: 100, times: 1 },
    { signal: hangUp.signal },
  );
  hangUp.abort();
  await expect(response.text()).rejects.toThrow();
  expect((await fetch(address("openrouter"))).status).toBe(200);
});

test("closing the market cuts a dripping answer", async () => {
  const short = await openMarket({ models: 40 });
  await createMarketClient(short.url).setFault({ feed: "openrouter", kind: "drip", bytesPerSecond: 100 });
  const response = await fetch(short.url + FEED_PATHS.openrouter);
  const body = expect(response.text()).rejects.toThrow();
  await short.close();
  await body;
});

test.each(FEEDS)("truncated %s is a healthy answer with broken JSON", async (feed) => {
  const response = await withFault({ feed, kind: "truncate", keepPercent: 30 });
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(text.length).toBeGreaterThan(100);
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
});

test("a page of HTML comes with 200", async () => {
  const response = await withFault({ feed: "litellm", kind: "html" });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(await response.text()).toMatch(/^<!doctype html>/);
});

const entriesOf = (feed: Feed, text: string): number => {
  if (feed === "genai-prices") {
    const listed = z.array(z.object({ models: z.array(z.unknown()) })).parse(JSON.parse(text));
    return listed.reduce((sum, { models }) => sum + models.length, 0);
  }
  const root = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  if (feed === "openrouter") return z.object({ data: z.array(z.unknown()) }).parse(root).data.length;
  if (feed === "litellm") return Object.keys(root).length - 2;
  const sellers = z.record(z.string(), z.object({ models: z.record(z.string(), z.unknown()) })).parse(root);
  return Object.values(sellers).reduce((sum, { models }) => sum + Object.keys(models).length, 0);
};

test.each(FEEDS)("a wrong root for %s is good JSON of another shape", async (feed) => {
  const root: unknown = await (await withFault({ feed, kind: "wrong-root" })).json();
  expect(Array.isArray(root)).toBe(feed !== "openrouter" && feed !== "genai-prices");
  expect(root).not.toHaveProperty("data");
});

test.each(FEEDS)("an empty %s has its shape and no entries, half a list under half of them", async (feed) => {
  const all = entriesOf(feed, await fetchFeed(market.url, feed));
  expect(entriesOf(feed, await (await withFault({ feed, kind: "empty" })).text())).toBe(0);
  const half = entriesOf(feed, await (await withFault({ feed, kind: "half" })).text());
  expect(half).toBe(Math.floor(all * 0.45));
});

test.each(FEEDS)("%s with bad entries holds every good one and four bad ones", async (feed) => {
  const good = await fetchFeed(market.url, feed);
  const bad = await (await withFault({ feed, kind: "bad-entries" })).text();
  // In an object the second entry of a name takes the first one's place.
  const doubled = feed === "litellm" || feed === "models-dev" ? 1 : 0;
  expect(entriesOf(feed, bad)).toBe(entriesOf(feed, good) + 4 - doubled);
  expect(bad).toContain(feed === "litellm" ? '"market/null-entry":null' : '"id":null');
  expect(bad).toMatch(/-0\.000003/);
  expect(bad).toContain("contact sales");
  expect(bad).toContain("0.000777");
});

test("a reset cuts the connection in the middle of the body", async () => {
  const response = await withFault({ feed: "litellm", kind: "reset" });
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

test("a redirect loop never ends, and costs one request of the fault", async () => {
  await client.setFault({ feed: "litellm", kind: "redirect-loop", times: 1 });
  await expect(fetch(address("litellm"))).rejects.toThrow();
  expect((await client.state()).feeds.litellm).toMatchObject({ requests: 1, faulted: 1 });
  expect((await fetch(address("litellm"))).status).toBe(200);
});

test("a redirect points where it is told", async () => {
  const location = "http://169.254.169.254/latest/meta-data/";
  const response = await withFault({ feed: "litellm", kind: "redirect", location }, { redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([302, location]);
});

async function getRaw(feed: Feed): Promise<IncomingMessage> {
  const [response] = z.tuple([z.custom<IncomingMessage>()]).parse(await once(get(address(feed)), "response"));
  return response;
}

async function countBytes(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const piece of stream) bytes += piece.length;
  return bytes;
}

test("a document that is too big streams more than 65 MiB without saying so first", async () => {
  await client.setFault({ feed: "litellm", kind: "too-big" });
  const response = await getRaw("litellm");
  expect(response.headers["content-length"]).toBeUndefined();
  expect(await countBytes(response)).toBeGreaterThan(65 * 1024 * 1024);
});

test("a gzip bomb is a thousand times smaller on the wire than inflated, and over 300 MiB unless told otherwise", async () => {
  expect(faultRequestSchema.parse({ feed: "litellm", kind: "gzip-bomb" })).toHaveProperty("mebibytes", 310);
  await client.setFault({ feed: "litellm", kind: "gzip-bomb", mebibytes: 30 });
  const raw = await getRaw("litellm");
  expect(raw.headers["content-encoding"]).toBe("gzip");
  expect(await countBytes(raw)).toBeLessThan(32 * 1024);
  const inflated = await fetch(address("litellm"));
  expect(await countBytes(inflated.body ?? new ReadableStream())).toBeGreaterThan(30 * 1024 * 1024);
});
