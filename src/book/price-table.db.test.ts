import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addSpelling } from "#/book/add-spelling.ts";
import { approveHolds } from "#/book/decide-holds.ts";
import { listFirstRates, listPriceTable } from "#/book/list-price-table.ts";
import { listPrices, type ListedRate } from "#/book/list-prices.ts";
import { setPin } from "#/book/set-pin.ts";
import { ACTOR, fetched, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";
import { mergeTable, readRow, type PriceRow } from "#/terms/price-table.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

const REASON = "checked on the seller's page";
const sync = async (...sources: string[]) => world.ended((await world.trigger({ sources })).jobId);
const litellmPrice = {
  litellm_provider: "acme",
  mode: "chat",
  input_cost_per_token: 1e-6,
  output_cost_per_token: 2e-6,
};

/** Sources `NAME-one` and `NAME-two`, in LiteLLM's shape, of sellers and models that no other test has. */
async function openPair(name: string, one: object, two: object) {
  const served = { [`${name}-one`]: one, [`${name}-two`]: two };
  for (const [source] of Object.entries(served))
    await world.addSource(source, () => fetched(JSON.stringify(served[source])), "litellm");
  await sync(...Object.keys(served));
  return { serve: (source: string, document: object) => void (served[source] = document) };
}

async function readAll(): Promise<Map<string, PriceRow>> {
  return mergeTable(new Map(), await listPriceTable(world.db, {}));
}
async function rowOf(model: string, variant = "default"): Promise<PriceRow> {
  const row = [...(await readAll()).values()].find((one) => one.model === model && one.variant === variant);
  if (row === undefined) throw new Error(`the table has no ${model} ${variant}`);
  return row;
}

test("a row has the charges, the sources and how far apart they are, and what else there is", async () => {
  const tiered = { ...litellmPrice, cache_read_input_token_cost: 1e-7, input_cost_per_token_above_200k_tokens: 2e-6 };
  await openPair(
    "apart",
    { "acme/apart": { ...tiered, max_input_tokens: 200_000 } },
    { "acme/apart": { ...litellmPrice, input_cost_per_token: 1.04e-6 } },
  );
  const row = await rowOf("apart");
  expect(row).toMatchObject({
    seller: "acme",
    state: "priced",
    input: { amount: "0.000001", unit: "token" },
    output: { amount: "0.000002", unit: "token" },
    cacheRead: { amount: "0.0000001", unit: "token" },
    extras: ["tiers"],
    sources: ["apart-one", "apart-two"],
    from: ["apart-one"],
    apart: "1.04",
    flags: [],
    contextTokens: 200_000,
    mode: "chat",
    sunsetOn: null,
  });
});

test("the table says of every rate what the list says", async () => {
  const listed: ListedRate[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await listPrices(world.db, { limit: 500, cursor });
    listed.push(...page.rates);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const rows = [...(await readAll()).values()];
  expect(rows.map(({ seller, model, variant }) => [seller, model, variant])).toEqual(
    listed.map(({ seller, model, variant }) => [seller, model, variant]),
  );
  for (const [index, rate] of listed.entries()) {
    const row = rows[index];
    expect(row?.state).toBe(rate.state);
    expect(row?.flags.includes("held")).toBe(rate.isHeld);
    expect(row?.flags.includes("pinned")).toBe(rate.isPinned);
    expect(row?.contextTokens ?? undefined).toBe(rate.facts.contextTokens);
    expect(row?.sources).toEqual([...new Set(rate.offers.map(({ source }) => source))]);
    expect(new Date(row?.validFromMs ?? Number.NaN).getTime()).toBe(Date.parse(rate.validFrom));
  }
});

test("every mark stands in its row: pinned, held, stale, missing, delisted, sunset soon, unpriced", async () => {
  const soon = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
  const models = ["pinned", "held", "stale", "missing", "delisted", "sunset", "unpriced"];
  const document = Object.fromEntries(models.map((model) => [`acme/mark-${model}`, { ...litellmPrice }]));
  Object.assign(document["acme/mark-sunset"] ?? {}, { deprecation_date: soon });
  document["acme/mark-unpriced"] = { litellm_provider: "acme", mode: "chat" } as typeof litellmPrice;
  const pair = await openPair("mark", document, {});
  pair.serve("mark-one", { ...document, "acme/mark-held": { ...litellmPrice, input_cost_per_token: 9e-3 } });
  await sync("mark-one");
  await setPin(world.db, ACTOR, {
    seller: "acme",
    model: "mark-pinned",
    variant: "default",
    meter: "input",
    reason: REASON,
    charges: [{ meter: "input", unit: "token", amount: "0.0000007" }],
  });
  await world.db.execute(sql`update model_pricing set stale_since = now() where model = 'mark-stale'`);
  await world.db.execute(sql`update model_pricing set missed_payloads = 1 where model = 'mark-missing'`);
  for (const model of models) {
    if (model === "delisted") continue;
    expect((await rowOf(`mark-${model}`)).flags, model).toEqual([model]);
  }
  const { "acme/mark-delisted": gone, ...left } = document;
  expect(gone).toBeDefined();
  pair.serve("mark-one", left);
  for (let miss = 0; miss < 3; miss += 1) {
    pair.serve("mark-one", { ...left, [`acme/mark-round-${miss}`]: litellmPrice });
    await sync("mark-one");
  }
  expect((await rowOf("mark-delisted")).flags).toEqual(["delisted", "unpriced"]);
});

test("what has changed after a version, merged into what was known, is the table as it is now", async () => {
  const document = { "acme/after-a": litellmPrice, "acme/after-b": litellmPrice, "acme/after-c": litellmPrice };
  const pair = await openPair("after", document, { "acme/after-b": litellmPrice });
  // What was seen before the version is told anyway for a while: so long ago is long enough.
  await world.db.execute(
    sql`update model_pricing set observed_at = observed_at - interval '1 hour', delisted_at = delisted_at - interval '1 hour'`,
  );
  await world.db.execute(sql`update listing_facts set observed_at = observed_at - interval '1 hour'`);
  const before = await listPriceTable(world.db, {});
  const known = mergeTable(new Map(), before);
  const nothing = await listPriceTable(world.db, { after: before.version });
  expect(nothing).toMatchObject({ isWhole: false, version: before.version, rows: [], removed: [] });
  expect(mergeTable(known, nothing)).toEqual(known);

  pair.serve("after-one", {
    ...document,
    "acme/after-a": { ...litellmPrice, output_cost_per_token: 2.2e-6 },
    "acme/after-c": { ...litellmPrice, input_cost_per_token: 8e-3 },
  });
  // One that counts second makes no version; its row says that they are apart all the same.
  pair.serve("after-two", { "acme/after-b": { ...litellmPrice, input_cost_per_token: 1.1e-6 } });
  await sync("after-one", "after-two");
  const changes = await listPriceTable(world.db, { after: before.version });
  expect(changes.rows.map(([model]) => model)).toEqual(["after-a", "after-b"]);
  const merged = mergeTable(known, changes);
  const whole = await readAll();
  expect(merged).toEqual(whole);
  expect([...whole.values()].find(({ model }) => model === "after-b")).toMatchObject({ apart: "1.1" });
  expect([...whole.values()].find(({ model }) => model === "after-c")?.flags).toEqual(["held"]);

  await approveHolds(world.db, ACTOR, { filter: { model: "after-c" }, reason: REASON });
  const released = await listPriceTable(world.db, { after: changes.version });
  expect(mergeTable(merged, released)).toEqual(await readAll());
});

test("a key that has no rate any more is named as removed", async () => {
  await openPair("spelled", { "acme-corp/spelled": { ...litellmPrice, litellm_provider: "acme-corp" } }, {});
  const before = await listPriceTable(world.db, {});
  await addSpelling(world.db, ACTOR, { spelling: "acme-corp", seller: "acme", reason: REASON });
  const changes = await listPriceTable(world.db, { after: before.version });
  expect(changes.removed.map(([model, seller]) => [model, changes.sellers[seller]])).toEqual([
    ["spelled", "acme-corp"],
  ]);
  expect(mergeTable(mergeTable(new Map(), before), changes)).toEqual(await readAll());
});

test("a version that the book does not have is answered with all rates", async () => {
  const { version } = await listPriceTable(world.db, {});
  expect(await listPriceTable(world.db, { after: String(Number(version) + 1) })).toMatchObject({ isWhole: true });
  expect(await listPriceTable(world.db, { after: "0" })).toMatchObject({ isWhole: false, version });
});

test("the first rows are the first ones of the table under the same filter", async () => {
  await openPair(
    "first",
    { "acme/first-a": litellmPrice, "acme/first-b": litellmPrice, "acme/first-c": { ...litellmPrice, mode: "rerank" } },
    { "acme/first-b": litellmPrice },
  );
  const first = async (filter: object, limit = 200) => {
    const table = await listFirstRates(world.db, { ...filter, limit });
    return table.rows.map((packed) => readRow(packed, table));
  };
  const all = [...(await readAll()).values()].filter(({ model }) => model.startsWith("first-"));
  expect(await first({ search: "FIRST- acme" })).toEqual(all);
  expect(await first({ search: "first-" }, 2)).toEqual(all.slice(0, 2));
  expect((await first({ search: "first-", source: "first-two" })).map(({ model }) => model)).toEqual(["first-b"]);
  expect((await first({ search: "first-", mode: "rerank" })).map(({ model }) => model)).toEqual(["first-c"]);
  expect(await first({ search: "first-", mark: "held" })).toEqual([]);
});

test("after a sync that changed nothing a page is answered with next to nothing, however fresh the book is", async () => {
  await openPair("still", { "acme/still": litellmPrice }, { "acme/still": litellmPrice });
  const { version, at, ...whole } = await listPriceTable(world.db, {});
  expect(whole.rows.length).toBeGreaterThan(0);
  await sync("still-one", "still-two");
  const { rows, removed, isWhole } = await listPriceTable(world.db, { after: version, seenAt: at });
  expect({ rows, removed, isWhole }).toEqual({ rows: [], removed: [], isWhole: false });
});

test("what was being written while a page was answered is told to it next time", async () => {
  await openPair("slow", { "acme/slow": litellmPrice }, {});
  let told: Parameters<typeof listPriceTable>[1] | undefined;
  await world.db.transaction(async (tx) => {
    await tx.execute(
      sql`update model_pricing set observed_at = clock_timestamp(), stale_since = now() where model = 'slow'`,
    );
    const { version, at } = await listPriceTable(world.db, {});
    told = { after: version, seenAt: at };
  });
  const { rows } = await listPriceTable(world.db, told ?? {});
  expect(rows.map(([model]) => model)).toEqual(["slow"]);
  expect((await rowOf("slow")).flags).toEqual(["stale"]);
});

test("a page that lacks very much is answered with all rates", async () => {
  const models = Array.from({ length: 501 }, (_, place) => [`acme/many-${place}`, litellmPrice]);
  const { version, at } = await listPriceTable(world.db, {});
  await openPair("many", Object.fromEntries(models), { "acme/many-0": litellmPrice });
  expect(await listPriceTable(world.db, { after: version, seenAt: at })).toMatchObject({ isWhole: true });
});
