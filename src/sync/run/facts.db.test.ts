import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writePriceCsv } from "#/book/write-price-csv.ts";
import { listFactWords } from "#/book/facts-of-rates.ts";
import { getPrice } from "#/book/get-price.ts";
import { listPrices } from "#/book/list-prices.ts";
import { readBookMark } from "#/book/book-mark.ts";
import { listPricesInForce, readExportedRates } from "#/book/list-rates.ts";
import { readTogether } from "#/book/read-together.ts";
import { fetched, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

type Entry = Readonly<Record<string, unknown>>;

/** A LiteLLM map of which `serve` says what the entry `one` states beside its price. */
async function openSource(name: string, facts: Entry) {
  let stated = facts;
  const price = { litellm_provider: "acme", input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 };
  const document = () => ({
    [`acme/${name}`]: { ...price, input_cost_per_token_batches: 5e-7, ...stated },
    [`acme/${name}-plain`]: price,
  });
  await world.addSource(name, () => fetched(JSON.stringify(document())), "litellm");
  return {
    serve: (next: Entry) => void (stated = next),
    sync: async () => world.ended((await world.trigger({ sources: [name] })).jobId),
  };
}

const factsOf = async (model: string) =>
  (await getPrice(world.db, { model })).effective.map(({ variant, facts }) => [variant, facts] as const);
const modelsOf = async (filter: Omit<Parameters<typeof listPrices>[1], "limit">) =>
  (await listPrices(world.db, { ...filter, limit: 50 })).rates.map(({ model, variant }) => `${model} ${variant}`);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function countBook() {
  const [row] = await world.db.execute<Record<string, number>>(sql`
    select (select count(*) from book_versions)::int as versions, (select count(*) from rates)::int as rates,
      (select count(*) from model_pricing_history)::int as history`);
  return row;
}

test("facts are kept for all variants of a listing, and a change of them alone makes no version, rate or history", async () => {
  const source = await openSource("alone", { max_input_tokens: 200_000, mode: "chat" });
  await source.sync();
  const facts = { contextTokens: 200_000, mode: "chat", from: { contextTokens: "alone", mode: "alone" } };
  expect(await factsOf("alone")).toEqual([
    ["default", facts],
    ["batch", facts],
  ]);
  expect(await factsOf("alone-plain")).toEqual([["default", { from: {} }]]);

  const before = await countBook();
  const { facts: mark } = await readBookMark(world.db);
  source.serve({ max_input_tokens: 1_000_000 });
  expect(await source.sync()).toMatchObject({ log: [{ outcome: "unchanged" }] });
  expect(await countBook()).toEqual(before);
  expect((await factsOf("alone"))[0]?.[1]).toEqual({ contextTokens: 1_000_000, from: { contextTokens: "alone" } });
  // What was built of the older facts is not the answer any more.
  expect((await readBookMark(world.db)).facts).not.toBe(mark);
});

test("only facts that have changed are written, and what a source states no more is gone", async () => {
  const source = await openSource("sparing", { max_input_tokens: 8192 });
  await source.sync();
  const rows = () =>
    world.db.execute(sql`select listing, facts, revision::int, xmin::text from listing_facts where source = 'sparing'`);
  const first = await rows();
  expect(first).toMatchObject([{ listing: "acme/sparing", facts: { contextTokens: 8192 }, revision: 1 }]);
  source.serve({ max_input_tokens: 8192, supports_vision: true });
  await source.sync();
  expect(await rows()).toEqual(first);
  source.serve({});
  await source.sync();
  expect(await rows()).toMatchObject([{ facts: {}, revision: 2 }]);
  expect((await factsOf("sparing"))[0]?.[1]).toEqual({ from: {} });
});

test("a rate has each fact from the first source by rank that states it", async () => {
  const first = await openSource("upper", { mode: "chat" });
  await first.sync();
  const document = {
    acme: { id: "acme", models: { upper: { id: "upper", cost: { input: 1, output: 2 }, limit: { context: 4096 } } } },
  };
  await world.addSource("lower", () => fetched(JSON.stringify(document)), "models-dev");
  await world.ended((await world.trigger({ sources: ["lower"] })).jobId);
  const [facts] = (await factsOf("upper")).map(([, of]) => of);
  expect(facts).toEqual({ contextTokens: 4096, mode: "chat", from: { contextTokens: "lower", mode: "upper" } });
  first.serve({ mode: "chat", max_input_tokens: 2048 });
  await first.sync();
  expect((await factsOf("upper"))[0]?.[1]).toMatchObject({ contextTokens: 2048, from: { contextTokens: "upper" } });
});

test("a listing that is gone takes its facts along, and they are back when it is", async () => {
  const price = { litellm_provider: "acme", input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 };
  const stays = { "acme/stays": price };
  const leaves = { "acme/leaves": { ...price, mode: "chat" } };
  let document: object = { ...stays, ...leaves };
  await world.addSource("leaving", () => fetched(JSON.stringify(document)), "litellm");
  const sync = async () => world.ended((await world.trigger({ sources: ["leaving"] })).jobId);
  const rows = () => world.db.execute(sql`select facts, revision::int from listing_facts where source = 'leaving'`);
  await sync();
  document = stays;
  await sync();
  await sync();
  expect(await rows()).toMatchObject([{ facts: { mode: "chat" }, revision: 1 }]);
  await sync();
  expect(await rows()).toMatchObject([{ facts: {}, revision: 2 }]);
  document = { ...stays, ...leaves };
  await sync();
  expect((await factsOf("leaves"))[0]?.[1]).toMatchObject({ mode: "chat" });
});

test("another order of the sources is another answer", async () => {
  const { facts } = await readBookMark(world.db);
  await world.addSource("newcomer", () => fetched("{}"), "litellm");
  expect((await readBookMark(world.db)).facts).not.toBe(facts);
});

test("the list is narrowed by context, by what a model takes, by mode and by a sunset that is near", async () => {
  const near = inDays(20);
  const facts = { max_input_tokens: 500_000, mode: "rerank", supported_modalities: ["text", "image"] };
  await (await openSource("narrow", { ...facts, deprecation_date: near })).sync();
  await (await openSource("far", { ...facts, mode: "chat", deprecation_date: inDays(90) })).sync();
  await (await openSource("past", { max_input_tokens: 300_000, deprecation_date: inDays(-1) })).sync();
  expect(await modelsOf({ search: "narrow", contextTokens: 500_000 })).toEqual(["narrow default", "narrow batch"]);
  expect(await modelsOf({ search: "narrow", contextTokens: 500_001 })).toEqual([]);
  expect(await modelsOf({ takes: "image", mode: "rerank" })).toEqual(["narrow default", "narrow batch"]);
  expect(await modelsOf({ takes: "audio" })).toEqual([]);
  expect(await modelsOf({ mark: "sunset" })).toEqual(["narrow default", "narrow batch"]);
  const { rates, marks } = await listPrices(world.db, { search: "narrow", limit: 50 });
  expect(marks.sunset).toBe(2);
  expect(rates.map(({ isSunsetSoon, facts: { sunsetOn } }) => [isSunsetSoon, sunsetOn])).toEqual([
    [true, near],
    [true, near],
    [false, undefined],
  ]);
  const words = await listFactWords(world.db);
  expect(words.modes).toContain("rerank");
  expect(words.inputModalities).toEqual(["image", "text"]);
});

test("prices in force and the CSV carry the facts", async () => {
  const sunset = inDays(60);
  const stated = { max_input_tokens: 64_000, max_output_tokens: 4096, mode: "chat", deprecation_date: sunset };
  await (await openSource("carried", stated)).sync();
  const { prices } = await listPricesInForce(world.db, { model: "carried", variant: "default", limit: 10 });
  const named = { context_tokens: 64_000, output_tokens: 4096, mode: "chat", sunset_on: sunset };
  const from = Object.fromEntries(Object.keys(named).map((name) => [name, "carried"]));
  expect(prices).toMatchObject([{ facts: { ...named, from } }]);
  const { rates } = await readTogether(world.db, (tx) => readExportedRates(tx, undefined));
  const [head = "", ...lines] = writePriceCsv(rates).split("\n");
  const columns = head.split(",");
  const cells = lines.find((line) => line.startsWith("acme,carried,default"))?.split(",") ?? [];
  expect(Object.keys(named).map((name) => cells[columns.indexOf(name)])).toEqual(
    Object.values(named).map((value) => String(value)),
  );
});
