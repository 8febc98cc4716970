import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { decimal, multiply } from "#/price/decimal.ts";
import { FEED_PATHS, FEEDS, type Feed } from "#/market/feed.ts";
import { createMarketClient, type MarketClient } from "#/market/market-client.ts";
import { openMarket, type OpenMarket } from "#/market/open-market.ts";
import { fetchFeed, listDisagreements, readPrices, type ReadPrices } from "#/market/read-feeds.ts";
import { SCRIPT } from "#/market/script.ts";

let market: OpenMarket;
let client: MarketClient;

beforeAll(async () => {
  market = await openMarket({ seed: 7, models: 150 });
  client = createMarketClient(market.url);
});
beforeEach(() => client.reset());
afterAll(() => market.close());

const read = async (feed: Feed): Promise<ReadPrices> => readPrices(feed, await fetchFeed(market.url, feed));

/** Aliases say what their targets say, so they move with them and are not counted. */
function listMoved(before: ReadPrices, after: ReadPrices): string[] {
  return [...before].flatMap(([key, { input }]) => (key.includes("~") || after.get(key)?.input === input ? [] : [key]));
}

async function stepTo(name: string): ReturnType<MarketClient["step"]> {
  for (const { name: passed } of SCRIPT) {
    const answer = await client.step();
    if (passed === name) return answer;
  }
  throw new Error(`no step ${name}`);
}

test("an unchanged document is answered with 304 and counted, a changed one with the whole", async () => {
  const first = await fetch(market.url + FEED_PATHS.litellm);
  const etag = first.headers.get("etag") ?? "";
  expect(first.headers.get("content-type")).toMatch(/^application\/json/);
  await first.text();
  const again = await fetch(market.url + FEED_PATHS.litellm, { headers: { "if-none-match": etag } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  expect((await client.state()).feeds.litellm).toMatchObject({ requests: 2, notModified: 1, faulted: 0 });
  await client.step();
  const changed = await fetch(market.url + FEED_PATHS.litellm, { headers: { "if-none-match": etag } });
  expect(changed.status).toBe(200);
  await changed.text();
});

test("gzip is sent to those who ask, and inflates to the same document", async () => {
  const url = market.url + FEED_PATHS["models-dev"];
  const plain = await fetch(url, { headers: { "accept-encoding": "identity" } });
  const small = await fetch(url, { headers: { "accept-encoding": "gzip" } });
  expect(plain.headers.get("content-encoding")).toBeNull();
  expect(small.headers.get("content-encoding")).toBe("gzip");
  expect(Number(small.headers.get("content-length"))).toBeLessThan(Number(plain.headers.get("content-length")) / 5);
  expect(await small.text()).toBe(await plain.text());
});

test("a price that is set is the price that every feed states, in its own unit", async () => {
  const { listings } = await client.setPrice({ model: "openai/gpt-5.6", meter: "input", usdPerMillion: "3.217" });
  expect(listings).toContainEqual({ feed: "litellm", seller: "openai", id: "gpt-5.6" });
  expect((await read("openrouter")).get("openrouter openai/gpt-5.6")?.input).toBe("0.000003217");
  expect(await fetchFeed(market.url, "litellm")).toMatch(/"gpt-5\.6":\{[^}]*"input_cost_per_token":3\.217e-06,/);
  expect(await fetchFeed(market.url, "models-dev")).toMatch(
    /"id":"gpt-5\.6",[^{}]*(\{[^{}]*\}[^{}]*)*"cost":\{"input":3\.217,/,
  );
  expect((await client.state()).changedModels).toEqual(["openai/gpt-5.6"]);
});

test("a price set in one feed leaves the others alone", async () => {
  const before = await read("openrouter");
  await client.setPrice({
    feed: "litellm",
    seller: "openrouter",
    model: "openai/gpt-5.6",
    meter: "output",
    usdPerMillion: "99",
  });
  expect((await read("litellm")).get("openrouter openai/gpt-5.6")?.output).toBe("0.000099");
  expect(await read("openrouter")).toEqual(before);
  expect(listDisagreements(await read("litellm"), before)).toEqual(["openrouter openai/gpt-5.6"]);
});

test("step 1 moves the prices of 12 models by 5 to 30 percent, alike in every feed", async () => {
  const before = await read("openrouter");
  const { models } = await client.step();
  const after = await read("openrouter");
  const moved = listMoved(before, after).filter((key) => !key.includes(":"));
  expect(moved.toSorted()).toEqual(models.map((model) => `openrouter ${model}`).toSorted());
  expect(moved).toHaveLength(12);
  for (const key of moved) {
    const change = Number(after.get(key)?.input) / Number(before.get(key)?.input);
    expect(Math.abs(change - 1)).toBeGreaterThan(0.0499);
    expect(Math.abs(change - 1)).toBeLessThan(0.3001);
  }
  expect(listDisagreements(after, await read("models-dev"))).toEqual([]);
  expect((await client.state()).changedModels.toSorted()).toEqual([...models].toSorted());
});

test("step 2 brings three new models", async () => {
  await client.step();
  const before = await read("openrouter");
  const { models } = await client.step();
  const fresh = [...(await read("openrouter")).keys()].filter((key) => !before.has(key) && !key.includes(":"));
  expect(fresh).toEqual(models.map((model) => `openrouter ${model}`));
  expect((await client.state()).models).toBe(153);
});

test("step 3 misstates five of one seller's prices a millionfold in one feed, and step 4 corrects them", async () => {
  await stepTo("new-models");
  const right = await read("litellm");
  await client.step();
  const wrong = await read("litellm");
  const moved = listMoved(right, wrong);
  expect(moved).toHaveLength(5);
  for (const key of moved) {
    expect(key).toMatch(/^deepinfra /);
    expect(wrong.get(key)?.input).toBe(multiply(right.get(key)?.input ?? decimal("0"), decimal("1000000")));
  }
  expect(listDisagreements(wrong, await read("models-dev"))).toEqual(moved);
  await client.step();
  expect(await read("litellm")).toEqual(right);
});

test("step 5 is an outage of one feed, step 6 its end and one slow answer, step 7 a rate limit", async () => {
  await stepTo("outage");
  expect((await fetch(market.url + FEED_PATHS.openrouter)).status).toBe(503);
  expect((await fetch(market.url + FEED_PATHS.litellm)).status).toBe(200);
  await client.step();
  expect((await fetch(market.url + FEED_PATHS.openrouter)).status).toBe(200);
  expect((await client.state()).faults).toEqual([{ feed: "models-dev", kind: "delay", delayMs: 3_000, times: 1 }]);
  await client.step();
  const limited = await fetch(market.url + FEED_PATHS.litellm);
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "2"]);
  expect((await fetch(market.url + FEED_PATHS.litellm)).status).toBe(200);
});

test("step 8 truncates one feed's JSON until the next step", async () => {
  await stepTo("truncated");
  const cut = await fetchFeed(market.url, "models-dev");
  expect(() => JSON.parse(cut)).toThrow(SyntaxError);
  await client.step();
  expect((await read("models-dev")).size).toBeGreaterThan(1_000);
});

test("steps 9 and 10 take eight models of one seller away and bring them back unchanged", async () => {
  await stepTo("truncated");
  const before = await read("openrouter");
  const { models } = await client.step();
  const without = await read("openrouter");
  expect(models).toHaveLength(8);
  for (const model of models) expect(without.has(`openrouter ${model}`)).toBe(false);
  expect(listMoved(without, before)).toEqual([]);
  await client.step();
  expect(await read("openrouter")).toEqual(before);
});

test("step 11 gives less than half of a list, step 12 false zeros, step 13 the prices again", async () => {
  await stepTo("reappeared");
  const openrouter = await read("openrouter");
  const before = await read("models-dev");
  await client.step();
  expect((await read("openrouter")).size).toBeLessThan(openrouter.size / 2);
  const { models } = await client.step();
  const zeros = listMoved(before, await read("models-dev"));
  expect(zeros.toSorted()).toEqual(models.map((model) => `openrouter ${model}`).toSorted());
  expect((await read("models-dev")).get(zeros[0] ?? "")?.input).toBe("0");
  expect(await read("openrouter")).toEqual(openrouter);
  await client.step();
  expect(await read("models-dev")).toEqual(before);
});

test("step 14 drops two fifths of a small seller's models, step 15 cuts one price by three quarters for real", async () => {
  await stepTo("zero-corrected");
  const before = await read("models-dev");
  const { models } = await client.step();
  const without = await read("models-dev");
  expect(before.size - without.size).toBe(models.length);
  expect(models.length).toBeGreaterThanOrEqual(3);
  const { models: cut } = await client.step();
  const key = `openrouter ${cut.join()}`;
  const after = await read("models-dev");
  expect(after.size).toBe(before.size);
  expect(after.get(key)?.input).toBe(multiply(before.get(key)?.input ?? decimal("0"), decimal("0.25")));
  expect((await read("openrouter")).get(key)).toEqual(after.get(key));
});

test("the day is the same for the same seed, and begins again after its last step", async () => {
  const other = await openMarket({ seed: 7, models: 150 });
  const twin = createMarketClient(other.url);
  for (let step = 1; step <= SCRIPT.length; step++) expect(await client.step()).toEqual(await twin.step());
  for (const feed of FEEDS) expect(await fetchFeed(other.url, feed)).toBe(await fetchFeed(market.url, feed));
  await other.close();
  expect((await client.step()).name).toBe(SCRIPT[0]?.name);
});

test("reset opens the market anew", async () => {
  const before = await fetchFeed(market.url, "litellm");
  await stepTo("outage");
  const state = await client.reset();
  expect(state).toMatchObject({ step: 0, faults: [], changedModels: [] });
  expect(state.feeds.litellm.requests).toBe(0);
  expect(await fetchFeed(market.url, "litellm")).toBe(before);
});

const json = (method: string, body: string): RequestInit => ({
  method,
  body,
  headers: { "content-type": "application/json" },
});

test.each([
  ["an unknown kind of fault", 400, "/market/faults", json("POST", '{"feed":"litellm","kind":"flood"}'), "kind"],
  [
    "a fault without its parameter",
    400,
    "/market/faults",
    json("POST", '{"feed":"litellm","kind":"drip"}'),
    "bytesPerSecond",
  ],
  [
    "a fault with a parameter too many",
    400,
    "/market/faults",
    json("POST", '{"feed":"litellm","kind":"html","x":1}'),
    "x",
  ],
  ["a body that is not JSON", 400, "/market/faults", json("POST", "{"), "JSON"],
  ["a feed that is not there", 400, "/market/faults?feed=x", { method: "DELETE" }, "feed"],
  [
    "a price as a float",
    400,
    "/market/prices",
    json("PUT", '{"model":"a","meter":"input","usdPerMillion":3.2}'),
    "as a string",
  ],
  [
    "a price in words",
    400,
    "/market/prices",
    json("PUT", '{"model":"a","meter":"input","usdPerMillion":"much"}'),
    "not a decimal",
  ],
  [
    "a model that nobody lists",
    404,
    "/market/prices",
    json("PUT", '{"model":"a/b","meter":"input","usdPerMillion":"3"}'),
    "a/b",
  ],
  ["an address that is not there", 404, "/nothing", {}, "/nothing"],
])("%s is refused in clear words", async (_what, status, path, init, words) => {
  const response = await fetch(market.url + path, init);
  const { error } = z
    .object({ error: z.object({ code: z.string(), message: z.string() }) })
    .parse(await response.json());
  expect(response.status).toBe(status);
  expect(error.message).toContain(words);
});

test("the market refuses to listen beyond loopback", async () => {
  await expect(openMarket({ host: "0.0.0.0" })).rejects.toThrow(/loopback/);
});

test("the command prints its address and stops on SIGTERM", async () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, "--port", "0", "--seed", "7", "--models", "150"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = z.tuple([z.instanceof(Buffer)]).parse(await once(child.stdout, "data"));
  const { url } = z.object({ url: z.url() }).parse(JSON.parse(line.toString()));
  expect(await fetchFeed(url, "openrouter")).toBe(await fetchFeed(market.url, "openrouter"));
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});
