import { expect, test } from "vitest";
import { listEndpoints } from "#/alerts/endpoints.ts";
import { buildRates } from "#/book/build-rates.ts";
import { listHolds } from "#/book/list-holds.ts";
import { listPins } from "#/book/list-pins.ts";
import { listPrices } from "#/book/list-prices.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import { openDatabase } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { isSchemaCurrent, migrateDatabase } from "#/platform/migrate.ts";
import { listSchedules } from "#/schedules/list-schedules.ts";
import { listSources } from "#/sources/list-sources.ts";
import { getSync, listSyncs } from "#/sync/jobs/list-syncs.ts";
import { createDatabase } from "#/testing/create-database.ts";
import { FILLED_ROWS, fillTables } from "#/testing/fill-tables.ts";
import { listMigrations, migrateTo } from "#/testing/migrate-to.ts";

const migrations = await listMigrations();

test.each(migrations)(
  "a database that was left at %s is upgraded with every row that it has, and can be read",
  async (tag) => {
    const { url, drop } = await createDatabase();
    await migrateTo(url, tag);
    const { db, sql, close } = openDatabase(url, { max: 2, name: "test" });
    const tables = await fillTables(sql);
    await migrateDatabase(url);
    await buildRates(db, createLog("silent"));

    expect(await isSchemaCurrent(db)).toBe(true);
    expect(await verifyRates(db)).toMatchObject({ rates: FILLED_ROWS, differences: [], total: 0 });
    const { rates } = await listPrices(db, { limit: 10 });
    expect(rates.map(({ model, charges }) => [model, charges[0]?.amount])).toEqual([
      ["model-1", "0.000001"],
      ["model-2", "0.000002"],
      ["model-3", "0.000003"],
    ]);
    const { syncs } = await listSyncs(db, { limit: 10 });
    expect(syncs).toHaveLength(FILLED_ROWS);
    for (const { jobId } of syncs) expect((await getSync(db, jobId)).status).toBe("success");
    const sources = await listSources(db);
    expect(sources.map(({ name }) => name)).toEqual(expect.arrayContaining(["source-1", "source-2", "source-3"]));
    const lists = {
      price_holds: listHolds(db, { filter: {}, limit: 10 }),
      price_pins: listPins(db),
      sync_schedules: listSchedules(db),
      webhook_endpoints: listEndpoints(db),
    };
    for (const [table, list] of Object.entries(lists))
      expect((await list).length, table).toBe(tables.includes(table) ? FILLED_ROWS : 0);
    await close();
    await drop();
  },
);
