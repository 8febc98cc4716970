import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { buildRates } from "#/book/build-rates.ts";
import { getPrice } from "#/book/get-price.ts";
import { listRateHistory } from "#/book/list-rate-history.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import { openDatabase, type Database } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { migrateTo } from "#/testing/migrate-to.ts";
import { BEFORE_RATES, fillOldBook } from "#/testing/old-book.ts";

const STEPS = 4;
const log = createLog("silent");
let admin: Database;
let old: Database;
const name = `old_${randomBytes(4).toString("hex")}`;

beforeAll(async () => {
  const url = new URL(inject("postgresUrl"));
  admin = openDatabase(url.href, { max: 1, name: "test admin" });
  await admin.sql.unsafe(`create database ${name}`);
  url.pathname = `/${name}`;
  await migrateTo(url.href, BEFORE_RATES);
  old = openDatabase(url.href, { max: 4, name: "test" });
  await fillOldBook(old.db, { models: 600, steps: STEPS });
  // Two spellings of one seller are pinned: the later pin stays. The history's copies of pins go.
  for (const [seller, amount] of [
    ["fireworks_ai", "0.5"],
    ["fireworks-ai", "0.25"],
  ] as const)
    await old.db.execute(sql`
      insert into price_pins (seller, model, variant, meter, state, charges, reason, set_by, set_at)
      values (${seller}, 'model-7', 'default', 'input', 'priced',
        ${JSON.stringify([{ meter: "input", unit: "token", amount }])}::text::jsonb, 'ours', 'ann', clock_timestamp())`);
  await old.db.execute(sql`
    insert into model_pricing_history (source, seller, model, variant, state, charges, fingerprint, effective_at, cause)
    values ('pin', 'fireworks-ai', 'model-7', 'default', 'priced', '[]', 'f', clock_timestamp(), 'pin')`);
  await old.db.execute(sql`
    insert into model_usage (seller, model, variant, meter, units_per_month, updated_at, updated_by)
    values ('fireworks_ai', 'model-7', 'default', 'input', 1, clock_timestamp(), 'ann'),
      ('fireworks-ai', 'model-7', 'default', 'input', 2, clock_timestamp(), 'ann')`);
  await old.db.execute(sql`truncate alert_signals`);
  await migrateDatabase(url.href);
});
afterAll(async () => {
  await old.close();
  await admin.sql.unsafe(`drop database ${name} with (force)`);
  await admin.close();
});

test("an older book is built up to rates, also when the building is broken off, as if they had been kept all along", async () => {
  const { db } = old;
  // The process dies after its first steps; two others start at once and go on.
  let steps = 0;
  const dying = new Proxy(db, {
    get(target, name) {
      if (name === "transaction" && (steps += 1) > 3) throw new Error("killed");
      return Reflect.get(target, name) as unknown;
    },
  });
  await expect(buildRates(dying, log)).rejects.toThrow("killed");
  await Promise.all([buildRates(db, log), buildRates(db, log)]);
  expect(await verifyRates(db)).toMatchObject({ rates: 600, shared: 600, differences: [], total: 0 });
  await buildRates(db, log);

  const { effective, offers } = await getPrice(db, { model: "model-3", seller: "fireworks-ai" });
  expect(effective).toMatchObject([{ seller: "fireworks", charges: [{ source: "first" }, { source: "first" }] }]);
  expect(effective[0]?.charges[0]?.amount).toBe("0.000001004");
  expect(offers.map(({ listing }) => listing.listedAs)).toEqual(["fireworks_ai", "fireworks-ai"]);
  expect(offers.map(({ listing }) => listing.id)).toEqual(["fireworks_ai/model-3", "fireworks-ai/model-3"]);
  expect(await listRateHistory(db, { model: "model-3", limit: 99 })).toHaveLength(STEPS);
});

test("what it answered about the past it answers still, as it was known then", async () => {
  const { db } = old;
  const entries = await listRateHistory(db, { model: "model-5", limit: 99 });
  const [, third] = entries;
  const at = third?.effectiveAt;
  const found = await getPrice(db, { model: "model-5", at, knownAt: at });
  expect(found.effective[0]?.charges[0]?.amount).toBe("0.000001003");
  const before = new Date(Date.parse(entries.at(-1)?.effectiveAt ?? "") - 1_000).toISOString();
  await expect(getPrice(db, { model: "model-5", at, knownAt: before })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await db.execute(sql`select from alert_signals where kind = 'price.changed'`)).toHaveLength(0);
});

test("of two spellings of one seller the later pin and the later usage stay, and pins stand nowhere twice", async () => {
  const { db } = old;
  const { effective, pins } = await getPrice(db, { model: "model-7" });
  expect(pins).toMatchObject([{ seller: "fireworks", charges: [{ amount: "0.25" }] }]);
  expect(effective[0]?.charges[0]).toMatchObject({ amount: "0.25", pinnedBy: "ann" });
  expect([...(await db.execute(sql`select seller, units_per_month::int as units from model_usage`))]).toEqual([
    { seller: "fireworks", units: 2 },
  ]);
  expect(await db.execute(sql`select from model_pricing_history where source = 'pin'`)).toHaveLength(0);
});
