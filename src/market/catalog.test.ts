import { expect, test } from "vitest";
import { createCatalog, listFeedOffers, misstateOffers } from "#/market/catalog.ts";
import { renderFeed } from "#/market/feed-document.ts";
import { FEEDS } from "#/market/feed.ts";
import { scaleCharges } from "#/market/price-model.ts";
import { listDisagreements, readPrices } from "#/market/read-feeds.ts";
import { decimal } from "#/price/decimal.ts";

const market = createCatalog({ seed: 7, models: 320 });

test.each(FEEDS)("the same seed gives the same %s document, byte for byte, and another seed another", (feed) => {
  const text = renderFeed(market, feed);
  expect(renderFeed(createCatalog({ seed: 7, models: 320 }), feed)).toBe(text);
  expect(renderFeed(createCatalog({ seed: 8, models: 320 }), feed)).not.toBe(text);
});

test("the market holds at least 300 distinct models, each with an offer at OpenRouter", () => {
  const listed = listFeedOffers(market, "openrouter").map((offer) => offer.model);
  expect(new Set(listed).size).toBe(320);
});

test("a market of 655 models has about 10,900 offers across the feeds", () => {
  const large = createCatalog({ seed: 7, models: 655 });
  const offers = FEEDS.reduce((sum, feed) => sum + listFeedOffers(large, feed).length, 0);
  expect(offers).toBeGreaterThan(10_700);
  expect(offers).toBeLessThan(11_200);
});

test("the market shows every kind of offer there is", () => {
  const offers = [...market.offers.values()];
  expect(new Set(offers.map((offer) => offer.state))).toEqual(new Set(["priced", "free", "unknown", "plan"]));
  expect(new Set(offers.map((offer) => offer.variant))).toEqual(
    new Set(["default", "free", "batch", "flex", "priority"]),
  );
  const charges = offers.flatMap((offer) => offer.charges);
  expect(new Set(charges.flatMap((charge) => charge.tier?.above ?? []))).toEqual(new Set([200_000, 272_000]));
  expect(new Set(charges.map((charge) => charge.meter))).toEqual(
    new Set([
      "input",
      "output",
      "reasoning",
      "cache_read",
      "cache_write",
      "cache_write_1h",
      "input_audio",
      "output_audio",
      "output_image",
      "web_search",
    ]),
  );
  const openrouter = renderFeed(market, "openrouter");
  expect(openrouter).toContain('"prompt":"-1"');
  expect(openrouter).toContain('"id":"~anthropic/claude-sonnet-latest"');
});

test("the feeds agree on every seller and model that two of them list", () => {
  const [openrouter, litellm, modelsDev, genaiPrices] = FEEDS.map((feed) => readPrices(feed, renderFeed(market, feed)));
  if (!openrouter || !litellm || !modelsDev || !genaiPrices) throw new Error("a feed is missing");
  const shared = [...modelsDev.keys()].filter((key) => litellm.has(key));
  expect(shared.length).toBeGreaterThan(1_000);
  expect([...openrouter.keys()].filter((key) => modelsDev.has(key)).length).toBeGreaterThan(320);
  expect(listDisagreements(openrouter, modelsDev)).toEqual([]);
  expect(listDisagreements(openrouter, litellm)).toEqual([]);
  expect(listDisagreements(litellm, modelsDev)).toEqual([]);
  expect([...genaiPrices.keys()].filter((key) => modelsDev.has(key)).length).toBeGreaterThan(500);
  for (const other of [openrouter, litellm, modelsDev]) expect(listDisagreements(genaiPrices, other)).toEqual([]);
});

test("one price that one feed misstates by one part in a thousand is found", () => {
  const wrong = misstateOffers(market, "litellm", (offer) =>
    offer.seller === "anthropic" && offer.model === "anthropic/claude-sonnet-5" && offer.variant === "default"
      ? { state: "priced", charges: scaleCharges(offer.charges, decimal("1.001")) }
      : undefined,
  );
  const litellm = readPrices("litellm", renderFeed(wrong, "litellm"));
  const modelsDev = readPrices("models-dev", renderFeed(wrong, "models-dev"));
  expect(listDisagreements(litellm, modelsDev)).toEqual(["anthropic claude-sonnet-5"]);
});
