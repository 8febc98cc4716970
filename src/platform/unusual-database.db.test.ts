import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openMarket, type OpenMarket } from "#/market/open-market.ts";
import { prepareDatabase } from "#/platform/check-database.ts";
import { openDatabase } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { addSource } from "#/sources/add-source.ts";
import { listSources } from "#/sources/list-sources.ts";
import { getSync } from "#/sync/jobs/list-syncs.ts";
import { triggerSync } from "#/sync/jobs/trigger-sync.ts";
import { isEnded } from "#/terms/job-status.ts";
import { eventually } from "#/testing/eventually.ts";
import { startProcess } from "#/testing/open-stack.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

/** Settings that a database may have of its own, each of which some code of ours or of a driver's takes for granted. */
const UNUSUAL = {
  datestyle: "German, DMY",
  timezone: "Asia/Kolkata",
  default_transaction_isolation: "serializable",
  bytea_output: "escape",
  intervalstyle: "sql_standard",
  standard_conforming_strings: "off",
} as const;

let world: SyncWorld;
let market: OpenMarket;

beforeAll(async () => {
  world = await openSyncWorld();
  market = await openMarket({ models: 40 });
  const name = new URL(world.url).pathname.slice(1);
  for (const [setting, value] of Object.entries(UNUSUAL)) {
    await world.db.execute(sql.raw(`alter database ${name} set ${setting} = '${value}'`));
  }
});
afterAll(async () => {
  await market.close();
  await world.close();
});

test("a database with its own date style, time zone, isolation level and forms of text takes a whole sync, and is read again", async () => {
  const { db, close } = openDatabase(await prepareDatabase(world.url, createLog("silent")), { max: 4, name: "web" });
  await addSource(db, ACTOR, {
    name: "list",
    kind: "litellm",
    url: `${market.url}/litellm/model_prices_and_context_window.json`,
  });
  const env = { ROLE: "worker", DATABASE_URL: world.url, ALLOW_PRIVATE_NETWORK: "true", LOG_LEVEL: "warn" };
  const worker = await startProcess({ entry: "src/server.ts", env, ready: /worker is ready/ });
  const sync = async () => {
    const { jobId } = await triggerSync({ db, queue: world.queue }, ACTOR, { sources: ["list"] });
    return eventually("the sync ends", async () => {
      const found = await getSync(db, jobId);
      return isEnded(found.status) && found;
    });
  };
  expect(await sync()).toMatchObject({ status: "success", attempt: 1 });
  // What was stored the first time is read back the second time.
  const second = await sync();
  expect(second).toMatchObject({ status: "success", attempt: 1 });
  expect(second.log[0]).toMatchObject({ outcome: "unchanged" });
  expect(await listSources(db)).toMatchObject([{ name: "list", lastOutcome: "unchanged" }]);
  expect(await worker.stop()).toBe(0);
  expect(worker.output()).not.toMatch(/"level":(50|60)/);
  await close();
});

test("sessions of the prepared address have our settings, and an address that needs none is left as it is", async () => {
  const prepared = await prepareDatabase(world.url, createLog("silent"));
  const { db, close } = openDatabase(prepared, { max: 1, name: "test" });
  const [row] = await db.execute<Record<string, string>>(sql`
    select current_setting('datestyle') as datestyle, current_setting('timezone') as timezone,
      current_setting('default_transaction_isolation') as isolation, current_setting('bytea_output') as bytes,
      current_setting('intervalstyle') as intervals, current_setting('standard_conforming_strings') as strings`);
  expect(row).toMatchObject({
    datestyle: expect.stringMatching(/^ISO/),
    timezone: "UTC",
    isolation: "read committed",
    bytes: "hex",
    intervals: "postgres",
    strings: "on",
  });
  await close();
  const usual = Object.assign(new URL(world.url), { pathname: "/postgres" }).href;
  expect(await prepareDatabase(usual, createLog("silent"))).toBe(usual);
});
