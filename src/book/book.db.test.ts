import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyPlan, MISSES_UNTIL_DELISTED } from "#/book/apply-plan.ts";
import { planSheet } from "#/book/plan-sheet.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { placeOffers } from "#/price/sellers.ts";
import { getPrice } from "#/book/get-price.ts";
import { listHistory } from "#/book/list-history.ts";
import { listPrices } from "#/book/list-prices.ts";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import type { Offer } from "#/price/offer.ts";
import { nowText } from "#/platform/database-clock.ts";
import type { Db } from "#/platform/database.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => void (database = await openTestDatabase()));
afterAll(() => database.close());

const TIER: Charge = { meter: "input", unit: "token", amount: decimal("6e-06"), tier: { above: 200_000 } };

function offer(model: string, input: string, more: Partial<Offer> = {}): Offer {
  const charges: Charge[] = [
    { meter: "input", unit: "token", amount: decimal(input) },
    { meter: "output", unit: "token", amount: decimal("15e-06") },
  ];
  return { seller: "anthropic", model, variant: "default", listing: model, state: "priced", charges, ...more };
}

/** One payload of one source, applied as a run would. Answers the instant after it. */
async function observe(source: string, offers: readonly Offer[], db: Db = database.db): Promise<string> {
  const rows = await db.transaction(async (tx) => {
    const observedAt = await nowText(tx);
    const plan = await planSheet(tx, {
      source,
      offers: placeOffers(offers, await readSellers(tx)),
      observedAt,
      rules: GUARD_DEFAULTS,
    });
    const origin = {
      source,
      observedAt,
      jobId: randomUUID(),
      payloadDigest: "d".repeat(64),
      fence: 1n,
      cause: "sync",
    } as const;
    await applyPlan(tx, plan, origin);
    return tx.execute<{ now: string }>(sql`select to_json(clock_timestamp()) #>> '{}' as now`);
  });
  return rows[0]?.now ?? "";
}

async function inputAt(model: string, at?: string): Promise<string | undefined> {
  const {
    offers: [found],
  } = await getPrice(database.db, { model, source: "past", at });
  return found?.charges.find((charge) => charge.meter === "input" && charge.tier === undefined)?.amount;
}

test("an instant between two prices answers the old one, to the last digit; before the first there is none", async () => {
  const [before] = await database.db.execute<{ now: string }>(sql`select to_json(clock_timestamp()) #>> '{}' as now`);
  const afterFirst = await observe("past", [offer("claude", "0.00000300000000001")]);
  await observe("past", [offer("claude", "0.0000025")]);
  expect(await inputAt("claude")).toBe("0.0000025");
  expect(await inputAt("claude", afterFirst)).toBe("0.00000300000000001");
  await expect(getPrice(database.db, { model: "claude", at: before?.now })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("the first price has a history row without a predecessor; the next row carries what it replaced", async () => {
  const entries = await listHistory(database.db, { model: "claude", limit: 10 });
  expect(entries).toMatchObject([
    {
      state: "priced",
      previousState: "priced",
      previousCharges: [{ amount: "0.00000300000000001" }, {}],
      cause: "sync",
    },
    { previousState: null, previousCharges: null },
  ]);
});

test("the same price in another spelling writes nothing", async () => {
  const count = async () =>
    (await database.db.execute(sql`select count(*)::int as n from model_pricing_history`))[0]?.["n"];
  const before = await count();
  await observe("past", [offer("claude", "2.5e-6")]);
  expect(await count()).toBe(before);
});

test("tiers and windows come back as they went in", async () => {
  const window: Charge = {
    meter: "output",
    unit: "token",
    amount: decimal("7e-06"),
    window: { from: "16:30", to: "00:30" },
  };
  const charges = [...offer("tiered", "3e-06").charges, TIER, window];
  await observe("tiers", [offer("tiered", "3e-06", { charges })]);
  const {
    offers: [found],
  } = await getPrice(database.db, { model: "tiered" });
  expect(found?.charges).toEqual(charges);
});

test("one model at two sellers and in two variants is three prices", async () => {
  await observe("many", [
    offer("m", "1e-06"),
    offer("m", "2e-06", { seller: "bedrock" }),
    offer("m", "9e-07", { variant: "batch" }),
  ]);
  const { offers: found } = await getPrice(database.db, { model: "m" });
  expect(found.map(({ seller, variant }) => `${seller} ${variant}`)).toEqual([
    "anthropic default",
    "anthropic batch",
    "bedrock default",
  ]);
  expect((await getPrice(database.db, { model: "m", variant: "batch" })).offers).toHaveLength(1);
});

test("an id is exact: neither a prefix of it nor another spelling finds a price", async () => {
  await expect(getPrice(database.db, { model: "clau" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(getPrice(database.db, { model: "Claude" })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test.each([
  [
    "CLAUDE-Exact-4.6",
    undefined,
    'Did you mean "claude-exact-4-6" at anthropic, bedrock, or "maker/claude-exact-4-6" at openrouter?',
  ],
  ["claude exact 4.6 ", undefined, 'Did you mean "claude-exact-4-6" at anthropic, bedrock'],
  [
    "anthropic/claude-exact-4-6",
    "anthropic",
    'at seller "anthropic". Ids are exact. Did you mean "claude-exact-4-6" at anthropic',
  ],
  [
    "claude-exact-4-6",
    "openrouter",
    'Did you mean "maker/claude-exact-4-6" at openrouter, or "claude-exact-4-6" at anthropic',
  ],
  ["claude-exact-4", undefined, "Ids are exact; search for it in the list of prices"],
  ["///", undefined, "Ids are exact; search for it in the list of prices"],
])("an id that is not known suggests what may have been meant: %s at %s", async (model, seller, words) => {
  await observe("spelled", [
    offer("claude-exact-4-6", "1e-06", { seller: "anthropic" }),
    offer("claude-exact-4-6", "1e-06", { seller: "bedrock" }),
    offer("maker/claude-exact-4-6", "1e-06", { seller: "openrouter" }),
    offer("claude-exact-4-6-mini", "1e-06", { seller: "anthropic" }),
  ]);
  await expect(getPrice(database.db, { model, seller })).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringContaining(words),
  });
});

test("a model that is missing keeps its price, is delisted after three payloads without it, and can come back", async () => {
  const all = Array.from({ length: 20 }, (_, index) => offer(`v${index}`, "1e-06"));
  await observe("vanish", all);
  const listing = async () => (await getPrice(database.db, { model: "v0", source: "vanish" })).offers[0];
  for (let miss = 1; miss <= MISSES_UNTIL_DELISTED; miss += 1) {
    await observe("vanish", all.slice(1));
    const found = await listing();
    expect(found).toMatchObject({
      state: miss < MISSES_UNTIL_DELISTED ? "priced" : "unknown",
      listing: { missedPayloads: miss },
    });
    expect(found?.listing.delistedAt === null).toBe(miss < MISSES_UNTIL_DELISTED);
    const mark = miss < MISSES_UNTIL_DELISTED ? "missing" : "delisted";
    const listed = await listPrices(database.db, { source: "vanish", mark, limit: 5 });
    expect(listed).toMatchObject({ total: 1, rates: [{ model: "v0" }], marks: { [mark]: 1, held: 0, pinned: 0 } });
  }
  await observe("vanish", all);
  expect((await listing())?.listing).toMatchObject({ missedPayloads: 0, missingSince: null, delistedAt: null });
});

test("when a seller loses too much at once, none of it is marked missing", async () => {
  const all = Array.from({ length: 10 }, (_, index) => offer(`g${index}`, "1e-06"));
  await observe("gap", all);
  await observe("gap", all.slice(4));
  expect((await getPrice(database.db, { model: "g0", source: "gap" })).offers[0]?.listing).toMatchObject({
    missedPayloads: 0,
    staleSince: expect.any(String),
  });
  expect(await listPrices(database.db, { source: "gap", limit: 5 })).toMatchObject({ total: 10, marks: { stale: 4 } });
});

test("an unknown price has no charges, and is never 0", async () => {
  await observe("unknown", [offer("mystery", "1e-06", { state: "unknown", charges: [] })]);
  const [row] = await database.db.execute(
    sql`select input_usd_per_token as input, charges from model_pricing where model = 'mystery'`,
  );
  expect(row).toEqual({ input: null, charges: [] });
});

test("the list finds words anywhere in seller, model and variant, pages by cursor, and counts all", async () => {
  const all = await listPrices(database.db, { search: "V1 anthropic", source: "vanish", limit: 500 });
  expect(all.total).toBe(11);
  const first = await listPrices(database.db, { search: "v1", source: "vanish", limit: 6 });
  const second = await listPrices(database.db, {
    search: "v1",
    source: "vanish",
    limit: 6,
    cursor: first.nextCursor ?? "",
  });
  expect([...first.rates, ...second.rates].map((row) => row.model)).toEqual(all.rates.map((row) => row.model));
  expect(second.nextCursor).toBeNull();
  expect((await listPrices(database.db, { search: "100%_\\", limit: 5 })).total).toBe(0);
  await expect(listPrices(database.db, { cursor: "nonsense", limit: 5 })).rejects.toMatchObject({ code: "INVALID" });
});

test("a first import of ten thousand offers takes as many statements as one of ten", async () => {
  const countStatements = async (source: string, many: number) => {
    let statements = 0;
    const logger = { logQuery: () => void (statements += 1) };
    const offers = Array.from({ length: many }, (_, index) =>
      offer(`${source}${index}`, "1e-06", { charges: [...offer("x", "1e-06").charges, TIER] }),
    );
    await observe(source, offers, drizzle(database.sql, { logger }));
    expect((await listPrices(database.db, { source, limit: 1 })).total).toBe(many);
    return statements;
  };
  const few = await countStatements("few", 10);
  expect(few).toBeGreaterThan(0);
  expect(await countStatements("bulk", 10_000)).toBe(few);
});
