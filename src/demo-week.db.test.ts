import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { verifyRates } from "#/book/verify-rates.ts";
import { readConfig } from "#/config.ts";
import { makeDemoWeek, passDemoWeek } from "#/demo-week.ts";
import { FEED_PATHS } from "#/market/feed.ts";
import { createMarketClient } from "#/market/market-client.ts";
import { openMarket } from "#/market/open-market.ts";
import { openDatabase } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { listSourceDays } from "#/sync/jobs/list-source-days.ts";
import { stripSyncs } from "#/sync/jobs/strip-syncs.ts";

const DAYS = { days: 30, timeZone: "UTC" };

test("the demo begins with a week of real syncs, in which prices moved, sources failed and holds wait", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-week-"));
  const market = await openMarket({ seed: 7, models: 60 });
  onTestFinished(async () => {
    await market.close();
    await rm(folder, { recursive: true, force: true });
  });
  const dataDir = join(folder, "demo");
  const steered = createMarketClient(market.url);
  await makeDemoWeek({
    config: readConfig({ RATEBOOK_DATA_DIR: dataDir, ALLOW_PRIVATE_NETWORK: "true", LOG_LEVEL: "error" }),
    market: steered,
    sourceUrls: Object.fromEntries(Object.entries(FEED_PATHS).map(([kind, path]) => [kind, market.url + path])),
  });
  const left = await steered.state();
  await steered.reset();
  await passDemoWeek(steered);
  const { step, said, changedModels, faults } = await steered.state();
  expect({ step, said, changedModels, faults }).toEqual({
    step: left.step,
    said: left.said,
    changedModels: left.changedModels,
    faults: [],
  });

  const postgres = await openEmbeddedPostgres(dataDir);
  const { db, close } = openDatabase(postgres.url, { max: 1, name: "test" });
  onTestFinished(() => close().then(postgres.close));
  const strip = await stripSyncs(db, DAYS);
  const busy = strip.filter(({ success, partial }) => success + partial > 0);
  expect(busy.length).toBeGreaterThanOrEqual(6);
  expect(busy.reduce((sum, { success, partial }) => sum + success + partial, 0)).toBe(13);
  expect(busy.reduce((sum, { partial }) => sum + partial, 0)).toBeGreaterThanOrEqual(3);
  const days = await listSourceDays(db, DAYS);
  expect(days.map(({ source }) => source)).toEqual(expect.arrayContaining(["openrouter", "litellm", "models-dev"]));
  expect(days.some((source) => source.days.some(({ failed }) => failed > 0))).toBe(true);
  const [found] = await db.execute(sql`
    select (select count(*) from price_holds where state = 'open')::int as open,
      (select count(*) from price_holds where state = 'rejected')::int as rejected,
      (select count(*) from price_pins where cleared_at is null)::int as pins,
      (select count(distinct observed_at::date) from model_pricing_history)::int as "changedOn",
      (select count(*) from model_pricing where stale_since is not null or missing_since is not null)::int as gone,
      (select max(triggered_at) < now() - interval '59 minutes' from pricing_sync_jobs) as "isPast",
      (select bool_and(triggered_at <= started_at and started_at <= completed_at) from pricing_sync_jobs) as "isInOrder",
      (select count(*) from pg_trigger where tgenabled = 'D')::int as "switchedOff"`);
  expect(found).toMatchObject({ rejected: 1, pins: 1, isPast: true, isInOrder: true, switchedOff: 0 });
  expect(found).toMatchObject({ open: expect.toSatisfy((count: number) => count >= 1 && count <= 20) });
  expect(found).toMatchObject({ changedOn: expect.toSatisfy((count: number) => count >= 4) });
  expect(found).toMatchObject({ gone: expect.toSatisfy((count: number) => count >= 1) });
  expect(await verifyRates(db)).toMatchObject({ total: 0 });
}, 180_000);
