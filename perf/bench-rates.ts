/**
 * Times the price in force: what reading costs in a book with a long history against one with a short one, what settling
 * costs of a first import and of an unchanged one, working all rates out again, and building them for an older book. Real
 * Postgres, no HTTP. Claims are ratios within this run, but for the seconds that the design names.
 *
 *   node perf/bench-rates.ts
 *
 * Exit code 1 when a target is not kept.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { writeExport } from "#/serve/write-export.ts";
import { buildRates } from "#/book/build-rates.ts";
import { getPrice } from "#/book/get-price.ts";
import { listPricesInForce } from "#/book/list-rates.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import { FEED_PATHS, FEEDS, type Feed } from "#/market/feed.ts";
import { openMarket } from "#/market/open-market.ts";
import { openDatabase, type Database, type Db } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { createLog } from "#/platform/log.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { migrateTo } from "#/testing/migrate-to.ts";
import { BEFORE_RATES, fillOldBook } from "#/testing/old-book.ts";
import { importPayload } from "./import-payload.ts";

const MODELS = 5_000;
/** So many models are about 9,500 offers in all catalogues. */
const MARKET_MODELS = 570;
const TARGET = { longOverShort: 1.2, settleShare: 0.3, verifySeconds: 5, buildSeconds: 180 };
const log = createLog("silent");
const median = (times: readonly number[]) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

let kept = true;
function report(what: string, value: number, unit: string, target: number): void {
  const ok = value <= target;
  kept &&= ok;
  process.stdout.write(
    `${ok ? "ok  " : "OVER"}  ${what.padEnd(66)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(2)} target ${target} ${unit}\n`,
  );
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const folder = await mkdtemp(join(tmpdir(), "ratebook-bench-"));
const postgres = await openEmbeddedPostgres(folder);
const admin = openDatabase(postgres.url, { max: 1, name: "bench" });
const books: Database[] = [];

/** A book of two sources and one seller, `steps` prices an offer, kept before there were rates, and then built. */
async function openBook(name: string, steps: number): Promise<{ db: Db; buildSeconds: number }> {
  await admin.sql.unsafe(`create database ${name}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  await migrateTo(url.href, BEFORE_RATES);
  const book = openDatabase(url.href, { max: 2, name: "bench" });
  books.push(book);
  await fillOldBook(book.db, { models: MODELS, steps });
  const ms = await timeOf(async () => {
    await migrateDatabase(url.href);
    await buildRates(book.db, log);
  });
  await book.sql.unsafe("vacuum analyze");
  return { db: book.db, buildSeconds: ms / 1_000 };
}

/** Both books take turns, so that both meet the same machine. */
async function compareReads(short: Db, long: Db): Promise<void> {
  const reads: Record<string, Readonly<{ rounds: number; read: (db: Db, round: number) => Promise<unknown> }>> = {
    "a lookup": { rounds: 300, read: (db, round) => getPrice(db, { model: `model-${1 + ((round * 37) % MODELS)}` }) },
    "a page of 100": { rounds: 60, read: (db) => listPricesInForce(db, { limit: 100 }) },
    "an export": { rounds: 9, read: (db) => writeExport(db, { format: "litellm" }) },
  };
  for (const [what, { rounds, read }] of Object.entries(reads)) {
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      times[0].push(await timeOf(() => read(short, round)));
      times[1].push(await timeOf(() => read(long, round)));
    }
    const [few, many] = [median(times[0]), median(times[1])];
    const words = `${what}: 1,000,000 history rows (${many.toFixed(1)} ms) against 10,000 (${few.toFixed(1)} ms)`;
    report(words, many / few, "x", TARGET.longOverShort);
  }
}

/**
 * A first import of a market's catalogues, from asking to the commit, one after the other, as a process meets it that has just
 * started; and then the same again.
 */
async function measureImport(): Promise<void> {
  await admin.sql.unsafe("create database import");
  const url = new URL(postgres.url);
  url.pathname = "/import";
  await migrateDatabase(url.href);
  const book = openDatabase(url.href, { max: 2, name: "bench" });
  books.push(book);
  // Settling begins with the book's lock, and is the last that an import does.
  let settlesAt = Number.NaN;
  const logger = {
    logQuery: (query: string) => {
      if (query.includes("pg_advisory_xact_lock")) settlesAt = performance.now();
    },
  };
  const db: Db = drizzle(book.sql, { logger });
  const market = await openMarket({ models: MARKET_MODELS });
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
  report(words, settleMs / importMs, "x", TARGET.settleShare);
  await importOnce();
  const after = await count();
  const written = after.rows - before.rows + after.versions - before.versions;
  report("rates and versions that an unchanged import wrote", written, "", 0);
  await market.close();
}

try {
  await measureImport();
  const short = await openBook("short", 1);
  const middle = await openBook("middle", 10);
  const verifyMs = await timeOf(() => verifyRates(middle.db));
  report("working out again 10,000 offers and 100,000 history rows", verifyMs / 1_000, "s", TARGET.verifySeconds);
  const long = await openBook("long", 100);
  report(
    "migrating a book of 1,000,000 history rows and building its rates",
    long.buildSeconds,
    "s",
    TARGET.buildSeconds,
  );
  await compareReads(short.db, long.db);
} finally {
  for (const { close } of books) await close();
  await admin.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = kept ? 0 : 1;
