/**
 * Measures the table of all prices that a browser gets: how long it takes to read, check and write, and how large it is.
 *
 *   node perf/price-table.ts           50,000 rates, each listed by two sources
 *   node perf/price-table.ts 5000      so many
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql } from "drizzle-orm";
import { listPriceTable, priceTable } from "#/book/list-price-table.ts";
import { openDatabase } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { fillRates } from "#/testing/fill-rates.ts";

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
} finally {
  await close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}

async function measure(what: string, after: string | undefined): Promise<void> {
  const started = performance.now();
  const table = await listPriceTable(db, { after });
  const read = performance.now();
  const text = JSON.stringify(priceTable.parse(table));
  const written = performance.now();
  const packed = gzipSync(text).length;
  process.stdout.write(
    `${what}: ${table.rows.length} rows, read in ${Math.round(read - started)} ms, checked and written in ${Math.round(written - read)} ms, ` +
      `${(text.length / 1e6).toFixed(2)} MB, ${(packed / 1e6).toFixed(2)} MB gzip\n`,
  );
}
