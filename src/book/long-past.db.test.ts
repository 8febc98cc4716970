import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffRates } from "#/book/diff-rates.ts";
import { getPrice } from "#/book/get-price.ts";
import { listFirstRates } from "#/book/list-price-table.ts";
import { listHistory } from "#/book/list-history.ts";
import { listRateHistory } from "#/book/list-rate-history.ts";
import { listPricesInForce, readExportedRates } from "#/book/list-rates.ts";
import { openPastPeers } from "#/book/past-peers.ts";
import { readStandingRates } from "#/book/rate-facts.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { fillRates } from "#/testing/fill-rates.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

const RATES = 40;
const STEPS = { short: 40, long: 240 } as const;
let books: Readonly<Record<keyof typeof STEPS, TestDatabase>>;
beforeAll(async () => {
  books = { short: await openTestDatabase(), long: await openTestDatabase() };
  await fillRates(books.short.db, { rates: RATES, steps: STEPS.short, sources: 3 });
  await fillRates(books.long.db, { rates: RATES, steps: STEPS.long, sources: 3 });
  // The server does this by itself at some time, in one book before the other; then plans, and what an index alone answers, differ.
  for (const { sql: driver } of Object.values(books)) await driver`vacuum analyze`;
});
afterAll(async () => {
  await books.short.close();
  await books.long.close();
});

type Book = keyof typeof STEPS;
type Work = (tx: Tx, instants: Readonly<{ middle: string; newest: string }>) => Promise<unknown>;
/** Both that the server may take for a statement with a name. */
const PLANS = ["force_custom_plan", "force_generic_plan"] as const;

/** How many rows of rates, their history and their versions a piece of work has the database look at. */
async function countRows(book: Book, plan: (typeof PLANS)[number], work: Work): Promise<number> {
  const { db } = books[book];
  const middle = await instantOf(db, Math.ceil(STEPS[book] / 2));
  const newest = await instantOf(db, STEPS[book] - 1);
  return db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('plan_cache_mode', ${plan}, true)`);
    // In a table as small as a test's the planner reads it whole; what counts is whether it could do otherwise.
    await tx.execute(sql`set local enable_seqscan = off`);
    await tx.execute(sql`set local enable_bitmapscan = off`);
    await tx.execute(sql`set local enable_hashjoin = off`);
    await tx.execute(sql`set local enable_mergejoin = off`);
    const before = await countOf(tx);
    await work(tx, { middle, newest });
    return (await countOf(tx)) - before;
  });
}

async function countOf(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as count from pg_stat_xact_user_tables
    where relname in ('rates', 'model_pricing_history', 'book_versions')`);
  return row?.count ?? 0;
}

async function instantOf(db: Db, version: number): Promise<string> {
  const [row] = await db.execute<{ at: string }>(sql`
    select to_json(at + interval '1 minute') #>> '{}' as at from book_versions where version = ${version}`);
  if (row === undefined) throw new Error(`the book has no version ${version}`);
  return row.at;
}

const key = { seller: "seller-7", model: "vendor/model-7", variant: "default" };
const peers = { source: "first", models: new Set<string>(), turn: async () => {} };
const WORK: Readonly<Record<string, Work>> = {
  "a price at an instant": (tx, { middle }) => getPrice(tx, { model: key.model, at: middle }),
  "a price at an instant, as known then": (tx, { middle }) =>
    getPrice(tx, { model: key.model, at: middle, knownAt: middle }),
  "a price of now, as known at an instant": (tx, { middle }) => getPrice(tx, { model: key.model, knownAt: middle }),
  "a page of prices of now, as known at an instant": (tx, { middle }) =>
    listPricesInForce(tx, { knownAt: middle, limit: 5 }),
  "a page of prices at an instant": (tx, { middle }) => listPricesInForce(tx, { at: middle, limit: 5 }),
  "a page of one seller's prices at an instant": (tx, { middle }) =>
    listPricesInForce(tx, { at: middle, seller: "seller-7", limit: 1 }),
  "an export at an instant": (tx, { middle }) => readExportedRates(tx, middle),
  "the differences since the last version but one": (tx, { newest }) => diffRates(tx, { from: newest, limit: 5 }),
  "a page of a model's history": (tx) => listRateHistory(tx, { model: key.model, limit: 2 }),
  "a page of what the sources said of a model": (tx) => listHistory(tx, { model: key.model, limit: 2 }),
  "what stands when a price is settled": (tx, { newest }) => readStandingRates(tx, [key], newest),
  "what other sources asked at an instant": (tx, { middle }) => openPastPeers(tx, { ...peers, since: middle }),
};

for (const plan of PLANS)
  for (const [what, work] of Object.entries(WORK))
    test(`${what} reads no more rows in a book with a long past than in one with a short one (${plan})`, async () => {
      const [short, long] = [await countRows("short", plan, work), await countRows("long", plan, work)];
      expect(short).toBeGreaterThan(0);
      expect(long).toBeLessThanOrEqual(short * 1.5 + 5);
    });

test("the first prices are found without reading the others", async () => {
  const { db, close } = await openTestDatabase();
  await fillRates(db, { rates: 12_000 });
  const first: Readonly<Record<string, (tx: Tx) => Promise<unknown>>> = {
    "of a script": (tx) => listPricesInForce(tx, { limit: 5 }),
    "of the list": (tx) => listFirstRates(tx, { limit: 5 }),
  };
  for (const [whose, read] of Object.entries(first)) {
    const looked = await db.transaction(async (tx) => {
      const before = await countOf(tx);
      await read(tx);
      return (await countOf(tx)) - before;
    });
    expect(looked, whose).toBeGreaterThan(0);
    expect(looked, whose).toBeLessThan(100);
  }
  await close();
});

test("retention looks at the payloads, and not at the history that points to them", async () => {
  const looked = await countRows("long", "force_generic_plan", async (tx) => {
    await tx.execute(sql`update source_payloads set first_seen_at = '2020-01-01'`);
    return tx.execute(sql`select cleanup_unused_payloads()`);
  });
  expect(looked).toBeLessThanOrEqual(3 * STEPS.long);
});

test("pages of a past instant follow each other without a gap, whoever is asked for", async () => {
  const { db } = books.long;
  const at = await instantOf(db, 30);
  const read = async (input: Readonly<{ seller?: string; limit: number }>) => {
    const found: string[] = [];
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const page = await listPricesInForce(db, { ...input, at, knownAt: at, cursor });
      found.push(...page.prices.map(({ model, charges }) => `${model} ${charges[0]?.amount}`));
      cursor = page.nextCursor ?? undefined;
    }
    return found;
  };
  const all = await read({ limit: 7 });
  expect(all).toEqual(Array.from({ length: RATES }, (_, m) => `vendor/model-${m + 1} 0.00000103`).toSorted());
  expect(await read({ seller: "seller-7", limit: 3 })).toEqual(all.filter((line) => /-\d?7 /.test(line)));
});
