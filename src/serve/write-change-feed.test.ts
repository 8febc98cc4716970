import { parseFeed } from "@rowanmanning/feed-parser";
import { XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import type { RateMove } from "#/book/list-changes-after.ts";
import { writeChangeFeed } from "#/serve/write-change-feed.ts";

const input = (amount: string) => ({ meter: "input", unit: "token", amount }) as const;
const key = { seller: "openai", model: "gpt-5", variant: "default" };
const changed: RateMove = {
  ...key,
  version: "12",
  at: "2026-11-27T08:00:00.123456+00:00",
  cause: "sync",
  change: "changed",
  price: {
    ...key,
    state: "priced",
    charges: [input("0.000002"), { meter: "output_image", unit: "image", amount: "0.04" }],
    from: ["openrouter", "litellm"],
    observed_at: "2026-11-27T08:00:00Z",
  },
  previous: { state: "priced", charges: [input("0.0000025")] },
};

function read(moves: readonly RateMove[], path = "/v1/changes.atom") {
  const text = writeChangeFeed({ origin: "https://prices.example.com:8443", path, moves });
  expect(XMLValidator.validate(text)).toBe(true);
  return { text, feed: parseFeed(text).toJSON() };
}

test("an entry says in words what has changed, with old and new amounts and their units", () => {
  const [entry] = read([changed]).feed.items;
  expect(entry).toMatchObject({
    id: "tag:prices.example.com,2026-11-27:rates/12/openai/gpt-5/default",
    title: "Price changed: gpt-5 at openai",
    url: "https://prices.example.com:8443/prices/openai/gpt-5",
    updated: "2026-11-27T08:00:00.123Z",
    content:
      "input $2.50 → $2.00 per 1M tokens; image output $0.04 per image. Version 12, by sync, says openrouter and litellm.",
  });
});

test("the feed has what RFC 4287 asks of it: id, title, author, the newest instant, and its own address", () => {
  const { feed } = read([changed], "/v1/changes.atom?limit=5&after=3");
  expect(feed).toMatchObject({
    meta: { type: "atom", version: "1.0" },
    title: "Price changes",
    url: "https://prices.example.com:8443/changes",
    self: "https://prices.example.com:8443/v1/changes.atom?limit=5&after=3",
    updated: "2026-11-27T08:00:00.123Z",
    authors: [{ name: "Ratebook" }],
  });
  const { text } = read([]);
  expect(text).toContain("<id>https://prices.example.com:8443/v1/changes.atom</id>");
  expect(text).toContain("<updated>1970-01-01T00:00:00.000Z</updated>");
});

test("a price that came, one that went and one that is free say so", () => {
  const { price } = changed;
  if (price === null) throw new Error("there is a price");
  const items = read([
    { ...changed, change: "first", previous: null, price: { ...price, charges: [input("0.000002")] } },
    { ...changed, change: "gone", price: null },
    { ...changed, price: { ...price, state: "free", charges: [] } },
  ]).feed.items;
  expect(items.map(({ title, content }) => [title, content?.split(". V")[0]])).toEqual([
    ["New price: gpt-5 at openai", "input $2.00 per 1M tokens"],
    ["No price any more: gpt-5 at openai", "Unknown now; input no longer charged"],
    ["Price changed: gpt-5 at openai", "Free; input no longer charged"],
  ]);
});

test("whatever a model is called, the feed is XML and says its name", () => {
  const model = "@cf/<b>&]]>\u0007 é";
  const { text, feed } = read([{ ...changed, model, variant: "region=eu+speed=fast" }]);
  expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(feed.items[0]).toMatchObject({
    title: "Price changed: @cf/<b>&]]>  é [region=eu+speed=fast] at openai",
    id: "tag:prices.example.com,2026-11-27:rates/12/openai/%40cf%2F%3Cb%3E%26%5D%5D%3E%07%20%C3%A9/region%3Deu%2Bspeed%3Dfast",
  });
});
