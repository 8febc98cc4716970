/**
 * Times every kind of statement on rates and their history in three books of the same present and a longer and longer past, and
 * weighs what a row costs on disk. Real Postgres, no HTTP. Claims are ratios within this run: a statement that does not depend on the
 * past takes as long in the longest book as in the shortest.
 *
 *   node perf/bench/long-past.ts                    10 million rates and 50 million rows of history: 45 GB of disk, half an hour
 *   node perf/bench/long-past.ts --rows 1000000     smaller
 *
 * Exit code 1 when a target is not kept.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sql } from "drizzle-orm";
import { openDatabase, type Database } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { fillManyRates } from "#/testing/fill-rates.ts";
import { quantile } from "../quantile.ts";
import { SCALE_READS, type FilledBook, type ScaleRead } from "./long-past-reads.ts";

const RATES = 10_000;
const SOURCES = 5;
/** The longest past may cost this much more than the shortest: a level or two of an index, and pages that are in no cache. */
const MOST_GROWTH = 3;
/** What is this quick may be dominated by the way to the database. */
const NOISE_MS = 2;
const GIB = 1024 ** 3;

const { values } = parseArgs({ options: { rows: { type: "string", default: "10000000" } } });
const rows = Number(values.rows);
if (!Number.isInteger(rows) || rows < 2 * RATES)
  throw new Error(`--rows has to be a whole number of at least ${2 * RATES}`);
const steps = [...new Set([2, Math.min(100, rows / RATES), rows / RATES].map(Math.floor))];

const folder = await mkdtemp(join(tmpdir(), "ratebook-scale-"));
const postgres = await openEmbeddedPostgres(folder);
const admin = openDatabase(postgres.url, { max: 1, name: "bench" });
const open: Database[] = [];

/** What is lost in a crash of the machine is filled again. */
async function hurry(): Promise<void> {
  const settings = ["fsync = off", "full_page_writes = off", "max_wal_size = '2GB'", "maintenance_work_mem = '1GB'"];
  for (const setting of settings) await admin.sql.unsafe(`alter system set ${setting}`);
  await admin.sql.unsafe("select pg_reload_conf()");
}

async function openBook(ofSteps: number): Promise<FilledBook> {
  const name = `book_${ofSteps}`;
  await admin.sql.unsafe(`create database ${name}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  await migrateDatabase(url.href);
  const { db, close, sql: driver } = openDatabase(url.href, { max: 1, name: "bench" });
  open.push({ db, close, sql: driver });
  const start = performance.now();
  await fillManyRates(db, { rates: RATES, steps: ofSteps, sources: SOURCES });
  const seconds = Math.round((performance.now() - start) / 1_000);
  process.stdout.write(
    `filled ${(RATES * ofSteps).toLocaleString("en")} rates and ${SOURCES} times as much history in ${seconds} s\n`,
  );
  return { db, rates: RATES, steps: ofSteps, ...(await readInstants(db, ofSteps)) };
}

async function readInstants(db: FilledBook["db"], ofSteps: number): Promise<Pick<FilledBook, "middle" | "newest">> {
  const [row] = await db.execute<{ middle: string; newest: string }>(sql`
    select to_json(max(at) filter (where version = ${Math.ceil(ofSteps / 2)}::int) + interval '1 minute') #>> '{}' as middle,
      to_json(max(at) - interval '1 minute') #>> '{}' as newest
    from book_versions`);
  if (row === undefined) throw new Error("the book has no version");
  return row;
}

/** The books take turns, so that all meet the same machine. Medians, one a book. */
async function timeRead(books: readonly FilledBook[], { rounds, run }: ScaleRead): Promise<number[]> {
  const times = books.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1)
    for (const [index, book] of books.entries()) {
      const start = performance.now();
      await run(book, round);
      // The first one warms up.
      if (round > 0) times[index]?.push(performance.now() - start);
    }
  return times.map((ofBook) => quantile(ofBook, 0.5));
}

let kept = true;
async function compareReads(books: readonly FilledBook[]): Promise<void> {
  const heads = steps.map((one) => (one * RATES).toLocaleString("en").padStart(12)).join("");
  process.stdout.write(`\n      ${"median ms with so many rates".padEnd(50)}${heads}   growth\n`);
  for (const [what, read] of Object.entries(SCALE_READS)) {
    const times = await timeRead(books, read);
    const [least = Number.NaN, most = Number.NaN] = [times[0], times.at(-1)];
    const ok = most <= least * MOST_GROWTH || most - least <= NOISE_MS;
    kept &&= ok;
    const figures = times.map((ms) => ms.toFixed(2).padStart(12)).join("");
    process.stdout.write(`${ok ? "ok  " : "OVER"}  ${what.padEnd(50)}${figures}   ${(most / least).toFixed(2)}x\n`);
  }
  process.stdout.write(`      target: at most ${MOST_GROWTH}x, or ${NOISE_MS} ms more\n`);
}

/** Tables with their indexes, for the formula of growth. */
async function weighRows({ db, steps: ofSteps }: FilledBook): Promise<void> {
  const counts = { rates: RATES * ofSteps, model_pricing_history: RATES * ofSteps * SOURCES };
  process.stdout.write(`\nbytes a row, of them in indexes\n`);
  for (const [table, count] of Object.entries(counts)) {
    const [size] = await db.execute<{ all: number; indexes: number }>(sql`
      select pg_total_relation_size(${table}::regclass)::float8 as all, pg_indexes_size(${table}::regclass)::float8 as indexes`);
    if (size === undefined) throw new Error(`the database did not weigh ${table}`);
    const perRow = [size.all, size.indexes].map((bytes) => (bytes / count).toFixed(0).padStart(6));
    process.stdout.write(`  ${table.padEnd(22)} ${perRow.join("")}   ${(size.all / GIB).toFixed(2)} GiB in all\n`);
  }
}

try {
  await hurry();
  const books: FilledBook[] = [];
  for (const ofSteps of steps) books.push(await openBook(ofSteps));
  await compareReads(books);
  const longest = books.at(-1);
  if (longest !== undefined) await weighRows(longest);
} finally {
  for (const { close } of open) await close();
  await admin.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = kept ? 0 : 1;
