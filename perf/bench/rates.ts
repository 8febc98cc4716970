/**
 * Times the price in force: what reading costs in a book with a long history against one with a short one, what settling
 * costs of a first import and of an unchanged one, working all rates out again, and building them for an older book. Real
 * Postgres, no HTTP. Claims are ratios within this run, but for the seconds that the design names.
 *
 *   node perf/bench/rates.ts            1,000,000 history rows
 *   node perf/bench/rates.ts --quick    100,000
 */
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { writeExport } from "#/serve/write-export.ts";
import { buildRates } from "#/book/build-rates.ts";
import { getPrice } from "#/book/get-price.ts";
import { listPricesInForce } from "#/book/list-rates.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import { FEED_PATHS, FEEDS, type Feed } from "#/market/feed.ts";
import { openMarket } from "#/market/open-market.ts";
import type { Db } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { migrateTo } from "#/testing/migrate-to.ts";
import { BEFORE_RATES, fillOldBook } from "#/testing/old-book.ts";
import { importPayload } from "../import-payload.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { reportRatio, takeTurns, timeOf } from "./take-turns.ts";

const MODELS = 5_000;
/** So many models are about 9,500 offers in all catalogues. */
const MARKET_MODELS = 570;
const TARGET = { longOverShort: 1.2, settleShare: 0.3, verifySeconds: 5, buildSeconds: 180 };
const log = createLog("silent");

/** A book of two sources and one seller, `steps` prices an offer, kept before there were rates, and then built. */
async function openBook(bench: Bench, name: string, steps: number): Promise<{ db: Db; buildSeconds: number }> {
  const databaseUrl = await bench.createEmptyDatabase(name);
  await migrateTo(databaseUrl, BEFORE_RATES);
  const book = bench.connect(databaseUrl);
  await fillOldBook(book.db, { models: MODELS, steps });
  const ms = await timeOf(async () => {
    await migrateDatabase(databaseUrl);
    await buildRates(book.db, log);
  });
  await book.sql.unsafe("vacuum analyze");
  return { db: book.db, buildSeconds: ms / 1_000 };
}

/** Both books take turns, so that both meet the same machine. */
async function compareReads(bench: Bench, short: Db, long: Db): Promise<void> {
  const cursors = new Map<Db, string | undefined>();
  for (const db of [short, long])
    cursors.set(db, (await listPricesInForce(db, { limit: 100 })).nextCursor ?? undefined);
  const reads: Record<string, Readonly<{ rounds: number; read: (db: Db, round: number) => Promise<unknown> }>> = {
    "a lookup": {
      rounds: 300,
      read: (db, round) => getPrice(db, { model: `model-${1 + ((Math.abs(round) * 37) % MODELS)}` }),
    },
    "a first page of 100": { rounds: 60, read: (db) => listPricesInForce(db, { limit: 100 }) },
    "a page after it": { rounds: 60, read: (db) => listPricesInForce(db, { limit: 100, cursor: cursors.get(db) }) },
    "an export": { rounds: 9, read: (db) => writeExport(db, { format: "litellm" }) },
  };
  for (const [what, { rounds, read }] of Object.entries(reads)) {
    const turns = await takeTurns(
      { rounds: bench.isQuick ? Math.ceil(rounds / 5) : rounds },
      {
        floor: (round) => timeOf(() => read(short, round)),
        ours: (round) => timeOf(() => read(long, round)),
      },
    );
    const sizes = { ours: `with ${bench.isQuick ? "100,000" : "1,000,000"} history rows`, floor: "with 10,000" };
    reportRatio(bench, turns, { what: `${what} in a long history`, ...sizes, unit: "ms", most: TARGET.longOverShort });
  }
}

/**
 * A first import of a market's catalogues, from asking to the commit, one after the other, as a process meets it that has just
 * started; and then the same again.
 */
async function measureImport(bench: Bench): Promise<void> {
  const book = bench.connect(await bench.createDatabase("import"));
  // Settling begins with the book's lock, and is the last that an import does.
  let settlesAt = Number.NaN;
  const logger = {
    logQuery: (query: string) => {
      if (query.includes("pg_advisory_xact_lock")) settlesAt = performance.now();
    },
  };
  const db: Db = drizzle(book.sql, { logger });
  const market = await openMarket({ seed: bench.seed, models: MARKET_MODELS });
  bench.onClose("market", market.close);
  let settleMs = 0;
  const importFeed = async (kind: Feed) => {
    const text = await (await fetch(market.url + FEED_PATHS[kind])).text();
    await db.transaction(async (tx) => {
      settlesAt = Number.NaN;
      await importPayload(tx, { source: kind, kind, text });
      if (!Number.isNaN(settlesAt)) settleMs += performance.now() - settlesAt;
    });
  };
  const importOnce = async () => {
    for (const kind of FEEDS) await importFeed(kind);
  };
  for (const kind of FEEDS)
    await db.execute(sql`insert into sources (name, kind, url) values (${kind}, ${kind}, 'https://x.example/')`);
  const importMs = await timeOf(importOnce);
  const count = async () => {
    const [row] = await db.execute<{ rows: number; versions: number }>(sql`
      select (select count(*) from rates)::int as rows, (select count(*) from book_versions)::int as versions`);
    return row ?? { rows: 0, versions: 0 };
  };
  const before = await count();
  const [offers] = await db.execute<{ count: number }>(sql`select count(*)::int as count from model_pricing`);
  const words = `settling (${settleMs.toFixed(0)} ms) of a first import of ${offers?.count ?? 0} offers (${importMs.toFixed(0)} ms)`;
  bench.report({ what: words, value: settleMs / importMs, unit: "x", most: TARGET.settleShare });
  await importOnce();
  const after = await count();
  const written = after.rows - before.rows + after.versions - before.versions;
  bench.report({ what: "rates and versions that an unchanged import wrote", value: written, unit: "", most: 0 });
}

async function measureBooks(bench: Bench): Promise<void> {
  const short = await openBook(bench, "short", 1);
  const middle = await openBook(bench, "middle", 10);
  const seconds = (await timeOf(() => verifyRates(middle.db))) / 1_000;
  const again = "working out again 10,000 offers and 100,000 history rows";
  bench.report({ what: again, value: seconds, unit: "s", most: TARGET.verifySeconds });
  if (bench.isQuick) return compareReads(bench, short.db, middle.db);
  const long = await openBook(bench, "long", 100);
  const built = "migrating 1,000,000 history rows and building their rates";
  bench.report({ what: built, value: long.buildSeconds, unit: "s", most: TARGET.buildSeconds });
  return compareReads(bench, short.db, long.db);
}

await runBench("The price in force", async (bench) => {
  await measureImport(bench);
  await measureBooks(bench);
});
