/**
 * Measures the table of all prices that a browser gets: how long it takes to read and write, how large it is, and how long
 * the browser's own code works on it (processor time of this machine).
 *
 *   node perf/bench/price-table.ts           50,000 rates, each listed by two sources
 *   node perf/bench/price-table.ts 5000      so many
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql } from "drizzle-orm";
import { listFirstRates, listPriceTable } from "#/book/list-price-table.ts";
import { openDatabase } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { fillRates } from "#/testing/fill-rates.ts";
import { NO_FILTERS } from "#/ui/prices/model-filters.model.ts";
import { readPriceBook } from "#/ui/prices/price-book.model.ts";
import { filterPrices, PRICE_SORTS, sortPrices } from "#/ui/prices/price-filter.model.ts";

const rates = Number(process.argv[2] ?? "50000");
const ROUNDS = 5;
const folder = await mkdtemp(join(tmpdir(), "ratebook-table-"));
const postgres = await openEmbeddedPostgres(folder);
const { db, close } = openDatabase(postgres.url, { max: 2, name: "table" });
try {
  await migrateDatabase(postgres.url);
  await fillRates(db, { rates });
  await db.execute(
    sql`insert into sources (name, kind, url, enabled) values ('second', 'models-dev', 'https://second.example/', false)`,
  );
  // Ids and amounts as hard to compress as real ones.
  await db.execute(sql`
    update rates set model = 'vendor-' || id % 40 || '/' || left(md5(id::text), 10), charges = (
      select jsonb_agg(c || jsonb_build_object('amount', trim_scale((1 + abs(hashint8(rates.id * 7 + n)) % 9999) / 1000000000.0)::text))
      from jsonb_array_elements(charges) with ordinality as one(c, n))`);
  // Every tenth entry of the second source asks a quarter more; every hundredth has been missing.
  await db.execute(sql`
    insert into model_pricing (source, seller, model, variant, listing, listed_as, state, charges, fingerprint, effective_at,
      observed_at, missed_payloads)
    select s.name, r.seller, r.model, r.variant, r.model, r.seller, r.state, case when s.name = 'second' and r.id % 10 = 0 then (
        select jsonb_agg(c || jsonb_build_object('amount', trim_scale((c ->> 'amount')::numeric * 1.25)::text))
        from jsonb_array_elements(r.charges) c) else r.charges end,
      r.fingerprint, r.valid_from, r.valid_from - interval '1 day', (r.id % 100 = 0)::int
    from rates r cross join sources s`);
  await db.execute(sql`
    insert into listing_facts (source, listing, facts, observed_at, revision)
    select distinct source, listing, jsonb_build_object('contextTokens', 200000, 'mode', 'chat'), observed_at, 1 from model_pricing`);
  await db.execute(sql`analyze`);
  for (let round = 0; round < ROUNDS; round += 1) await measure("all rates", undefined);
  await measure("after the newest version", (await listPriceTable(db, {})).version);
  const started = performance.now();
  const { rows } = await listFirstRates(db, { limit: 40 });
  process.stdout.write(`first rows: ${rows.length} rows, read in ${Math.round(performance.now() - started)} ms\n`);
  await measureBrowserCode();
} finally {
  await close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}

async function measure(what: string, after: string | undefined): Promise<void> {
  const started = performance.now();
  const table = await listPriceTable(db, { after });
  const read = performance.now();
  const text = JSON.stringify(table);
  const written = performance.now();
  const packed = gzipSync(text).length;
  process.stdout.write(
    `${what}: ${table.rows.length} rows, read in ${Math.round(read - started)} ms, written in ${Math.round(written - read)} ms, ` +
      `${(text.length / 1e6).toFixed(2)} MB, ${(packed / 1e6).toFixed(2)} MB gzip\n`,
  );
}

/** What a browser does with the table, in processor time. */
async function measureBrowserCode(): Promise<void> {
  const table = await listPriceTable(db, {});
  let since = processorMs();
  let longest = 0;
  const pause = async () => {
    longest = Math.max(longest, processorMs() - since);
    await new Promise((resolve) => setTimeout(resolve, 0));
    since = processorMs();
  };
  const book = await readPriceBook(undefined, table, pause);
  await pause();
  process.stdout.write(`in the browser: longest task while the table is read ${longest.toFixed(1)} ms\n`);
  for (const by of PRICE_SORTS) timed(`sorted by ${by}`, () => sortPrices(book.index, by, true));
  for (const search of ["v", "vendor-7", "vendor-7 1a"])
    timed(`filtered by "${search}"`, () => filterPrices(book.index, { ...NO_FILTERS, search }));
}

function timed(what: string, work: () => unknown): void {
  const started = processorMs();
  work();
  process.stdout.write(`in the browser: ${what} in ${(processorMs() - started).toFixed(1)} ms\n`);
}

function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
