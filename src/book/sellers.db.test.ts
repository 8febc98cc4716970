import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addSpelling } from "#/book/add-spelling.ts";
import { applyPlan } from "#/book/apply-plan.ts";
import { importPins } from "#/book/import-pins.ts";
import { listConflicts } from "#/book/list-conflicts.ts";
import { listSellers } from "#/book/list-sellers.ts";
import { planSheet } from "#/book/plan-sheet.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { placeOffers } from "#/price/sellers.ts";
import { getPrice } from "#/book/get-price.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { setUsage } from "#/book/set-usage.ts";
import { nowText } from "#/platform/database-clock.ts";
import { decimal } from "#/price/decimal.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import type { Offer } from "#/price/offer.ts";
import { ACTOR } from "#/testing/sync-world.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  for (const table of [
    "model_pricing",
    "model_pricing_history",
    "price_holds",
    "price_pins",
    "model_usage",
    "seller_spellings",
    "rates",
    "book_versions",
  ])
    await database.sql.unsafe(`truncate ${table}`);
});

function offer(seller: string, input: string, more: Partial<Offer> = {}): Offer {
  const charges = [{ meter: "input", unit: "token", amount: decimal(input) }] as const;
  return { seller, model: "m", variant: "default", listing: `${seller}/m`, state: "priced", charges, ...more };
}

/** One payload of one source, applied as a run would. */
async function observe(source: string, offers: readonly Offer[]): Promise<void> {
  await database.db.transaction(async (tx) => {
    const observedAt = await nowText(tx);
    const placed = placeOffers(offers, await readSellers(tx));
    const plan = await planSheet(tx, { source, offers: placed, observedAt, rules: GUARD_DEFAULTS });
    const origin = { source, observedAt, jobId: randomUUID(), payloadDigest: "d".repeat(64), fence: 1n };
    await applyPlan(tx, plan, { ...origin, cause: "sync" });
  });
}

/** What the book holds, and its history: the seller's identity, how the source spells it, and the price of input. */
async function booked(table: "model_pricing" | "model_pricing_history" = "model_pricing") {
  const rows = await database.db.execute<{ seller: string; listing: string; listed_as: string; amount: string }>(sql`
    select seller, listing, listed_as, charges -> 0 ->> 'amount' as amount from ${sql.identifier(table)}
    where listing is not null order by source, listing, id`);
  return rows.map(({ seller, listing, listed_as: listedAs, amount }) => `${seller} ${listing} ${listedAs} ${amount}`);
}

const pin = (seller: string, amount: string) => ({
  seller,
  model: "m",
  variant: "default",
  charges: [{ meter: "input", unit: "token", amount } as const],
  reason: "our contract",
});

async function activePins() {
  const rows = await database.db.execute<{ seller: string; amount: string }>(
    sql`select seller, charges -> 0 ->> 'amount' as amount from price_pins where cleared_at is null order by seller`,
  );
  return rows.map(({ seller, amount }) => `${seller} ${amount}`);
}

test("two catalogues that spell one seller differently state two offers of one seller", async () => {
  await observe("one", [offer("fireworks_ai", "0.000001")]);
  await observe("two", [offer("fireworks-ai", "0.000001")]);
  const rows = ["fireworks fireworks_ai/m fireworks_ai 0.000001", "fireworks fireworks-ai/m fireworks-ai 0.000001"];
  expect(await booked()).toEqual(rows);
  expect(await booked("model_pricing_history")).toEqual(rows);
});

test("two listings of one source with the same offer are both kept, and each of them goes its own way", async () => {
  const first = offer("bedrock", "0.000001", { listing: "a" });
  const second = offer("bedrock_converse", "0.000002", { listing: "b" });
  await observe("one", [first, second]);
  expect(await booked()).toEqual(["bedrock a bedrock 0.000001", "bedrock b bedrock_converse 0.000002"]);
  await observe("one", [first, { ...second, charges: offer("", "0.0000021").charges }]);
  expect(await booked("model_pricing_history")).toEqual([
    "bedrock a bedrock 0.000001",
    "bedrock b bedrock_converse 0.000002",
    "bedrock b bedrock_converse 0.0000021",
  ]);
  await observe("one", [first]);
  const missing = await database.db.execute(sql`select listing from model_pricing where missed_payloads > 0`);
  expect([...missing]).toEqual([{ listing: "b" }]);
});

test("a pin, its end, a line of a CSV and usage may name any spelling of a seller", async () => {
  const { db } = database;
  await setPin(db, ACTOR, pin("Vertex_AI", "0.000001"));
  await setPin(db, ACTOR, pin("google-vertex", "0.000002"));
  expect(await activePins()).toEqual(["vertex 0.000002"]);
  await clearPin(db, ACTOR, { seller: "vertex_ai", model: "m", variant: "default", reason: "it has ended" });
  expect(await activePins()).toEqual([]);

  const head = "seller,model,variant,meter,unit,usd_per_unit,reason,expires_at\n";
  const line = (seller: string) => `${seller},m,,input,,0.000003,by hand,\n`;
  const twice = await importPins(db, ACTOR, { csv: head + line("vertex_ai") + line("google-vertex"), dryRun: false });
  expect(twice).toMatchObject({ written: 0, problems: [{ line: 3 }] });
  await importPins(db, ACTOR, { csv: head + line("vertex_ai"), dryRun: false });
  expect(await activePins()).toEqual(["vertex 0.000003"]);

  const usage = { model: "m", variant: "default", meter: "input" as const, units_per_month: "10" };
  await setUsage(db, ACTOR, [
    { ...usage, seller: "vertex_ai" },
    { ...usage, seller: "google-vertex", units_per_month: "20" },
  ]);
  const rows = await db.execute(sql`select seller, units_per_month from model_usage`);
  expect([...rows]).toEqual([{ seller: "vertex", units_per_month: "20" }]);
});

test("an added spelling moves everything the book holds under it, and is audited", async () => {
  const { db } = database;
  await observe("one", [offer("acme", "0.000001")]);
  await observe("two", [offer("Acme-AI", "0.000001")]);
  await observe("two", [offer("Acme-AI", "0.001")]);
  await setPin(db, ACTOR, pin("acme", "0.000007"));
  await setPin(db, ACTOR, pin("acme-ai", "0.000008"));
  await setUsage(db, ACTOR, [
    { seller: "acme-ai", model: "m", variant: "default", meter: "input", units_per_month: "1" },
    { seller: "acme", model: "m", variant: "default", meter: "input", units_per_month: "2" },
  ]);
  expect(await addSpelling(db, ACTOR, { spelling: "acme-ai", seller: "acme", reason: "one company" })).toEqual({
    moved: 1,
    changed: 2,
  });

  expect(await booked()).toEqual(["acme acme/m acme 0.000001", "acme Acme-AI/m Acme-AI 0.000001"]);
  expect(await booked("model_pricing_history")).toEqual(await booked());
  const holds = await db.execute(sql`select seller, listed_as, state from price_holds`);
  expect([...holds]).toEqual([{ seller: "acme", listed_as: "Acme-AI", state: "open" }]);
  expect(await activePins()).toEqual(["acme 0.000008"]);
  const pins = await db.execute(sql`select seller, clear_reason from price_pins where cleared_at is not null`);
  expect([...pins]).toEqual([{ seller: "acme", clear_reason: "another spelling of the seller was pinned later" }]);
  const usage = await db.execute(sql`select seller, units_per_month from model_usage`);
  expect([...usage]).toEqual([{ seller: "acme", units_per_month: "2" }]);
  const audit = await db.execute(
    sql`select actor, target, reason, after from audit_log where action = 'prices.addSpelling'`,
  );
  expect([...audit]).toEqual([
    {
      actor: ACTOR.label,
      target: "acme-ai is acme",
      reason: "one company",
      after: { seller: "acme", moved: 1, changed: 2 },
    },
  ]);
  expect((await listSellers(db)).find(({ id }) => id === "acme")).toEqual({
    id: "acme",
    name: "acme",
    spellings: [
      { spelling: "acme", addedBy: null },
      { spelling: "acme-ai", addedBy: ACTOR.label },
    ],
    listings: 2,
    sources: 2,
  });

  await observe("two", [offer("Acme-AI", "0.000001")]);
  expect(await booked("model_pricing_history")).toHaveLength(2);
});

test("what was added to a spelling follows it to the seller that the spelling means", async () => {
  const { db } = database;
  await observe("one", [offer("acme", "0.000001"), offer("acme-old", "0.000001"), offer("acme-older", "0.000001")]);
  await addSpelling(db, ACTOR, { spelling: "acme-older", seller: "acme-old", reason: "renamed" });
  await addSpelling(db, ACTOR, { spelling: "acme-old", seller: "acme", reason: "renamed again" });
  expect((await readSellers(db)).identityOf("acme-older")).toBe("acme");
  expect((await booked()).map((row) => row.split(" ")[0])).toEqual(["acme", "acme", "acme"]);
});

test("of one listing that has stood under both spellings, what the source offers now stays", async () => {
  const { db } = database;
  await observe("one", [offer("acme-ai", "0.000001", { listing: "l" }), offer("acme", "1e-6", { listing: "k" })]);
  await observe("one", [offer("acme", "0.000001", { listing: "l" }), offer("acme", "1e-6", { listing: "k" })]);
  expect(await booked()).toHaveLength(3);
  await addSpelling(db, ACTOR, { spelling: "acme-ai", seller: "acme", reason: "one company" });
  expect(await booked()).toEqual(["acme k acme 0.000001", "acme l acme 0.000001"]);
});

test.each([
  ["google-vertex", "bedrock", "CONFLICT", "means the seller vertex already"],
  ["vertex", "bedrock", "CONFLICT", "is a seller that Ratebook itself knows"],
  ["known", "bedrock", "CONFLICT", "means the seller acme already"],
  ["acme", "acme", "INVALID", "own id"],
  ["other", "nobody", "NOT_FOUND", 'No source lists a seller "nobody"'],
])("%s is refused as a spelling of %s: %s", async (spelling, seller, code, words) => {
  const { db } = database;
  await observe("one", [offer("acme", "0.000001")]);
  await addSpelling(db, ACTOR, { spelling: "known", seller: "acme", reason: "one company" });
  await expect(addSpelling(db, ACTOR, { spelling, seller, reason: "a mistake" })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
});

test("a pin that is being set while its spelling is added is moved with the rest", async () => {
  const { db } = database;
  await observe("one", [offer("acme", "0.000001")]);
  const both = await Promise.all([
    ...Array.from({ length: 8 }, (_, index) =>
      setPin(db, ACTOR, { ...pin("acme-ai", "0.000002"), model: `m${index}` }),
    ),
    addSpelling(db, ACTOR, { spelling: "acme-ai", seller: "acme", reason: "one company" }),
  ]);
  expect(both).toHaveLength(9);
  expect(new Set(await activePins())).toEqual(new Set(["acme 0.000002"]));
});

test("right after a spelling is added both catalogues stand behind one rate, and what was answered before stays known", async () => {
  const { db } = database;
  await observe("one", [offer("acme", "0.000001")]);
  await observe("two", [offer("acme-eu", "0.000002")]);
  const before = await nowText(db);
  await addSpelling(db, ACTOR, { spelling: "acme-eu", seller: "acme", reason: "one company" });
  const { effective, offers } = await getPrice(db, { model: "m", seller: "ACME-EU" });
  expect(effective).toMatchObject([{ seller: "acme", charges: [{ amount: "0.000001", source: "one" }] }]);
  expect(offers.map(({ source, listing }) => [source, listing.listedAs])).toEqual([
    ["one", "acme"],
    ["two", "acme-eu"],
  ]);
  const then = await getPrice(db, { model: "m", at: before, knownAt: before });
  expect(then.effective.map(({ seller, charges }) => [seller, charges[0]?.amount])).toEqual([
    ["acme", "0.000001"],
    ["acme-eu", "0.000002"],
  ]);
  expect(await verifyRates(db)).toMatchObject({ differences: [] });
});

test("of several entries of one source the one under the earliest spelling counts, and both stand in conflict", async () => {
  const { db } = database;
  await observe("one", [
    offer("bedrock_converse", "0.000001", { listing: "late" }),
    offer("bedrock", "0.000002", { listing: "early" }),
  ]);
  const { effective } = await getPrice(db, { model: "m" });
  expect(effective).toMatchObject([{ seller: "bedrock", charges: [{ amount: "0.000002" }] }]);
  const { conflicts } = await listConflicts(db, { overPercent: 5, limit: 9 });
  expect(conflicts).toMatchObject([{ ratio: "2", sides: [{ listing: "late" }, { listing: "early" }] }]);
});
