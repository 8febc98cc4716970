import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quoteUsage, type UsageLine } from "#/book/quote-usage.ts";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import type { QuotableRate } from "#/price/quote.ts";
import type { OfferState } from "#/terms/offer.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
const NOW = "2026-08-01T12:00:00Z";

beforeAll(async () => {
  database = await openTestDatabase();
  await database.sql`insert into book_versions (version, at, cause) values (1, '2025-01-01', 'sync'), (2, '2026-07-01', 'sync')`;
  await addRate("acme", "m", "0.000003", { from: "2025-01-01", to: "2026-07-01" });
  await addRate("acme", "m", "0.000002", { from: "2026-07-01", version: 2 });
  // What the book said of the past before it knew better.
  await addRate("acme", "m", "9", { from: "2025-01-01", to: "2026-07-01", versionTo: 2 });
  await addRate("acme", "m", "8", { from: "2025-06-01", to: "2026-07-01", versionTo: 2 });
  await addRate("acme", "m", "0.000001", { from: "2025-01-01", variant: "batch" });
  await addRate("acme", "m", "0.000004", { from: "2026-09-01", version: 2 });
  await addRate("acme", "twice", "0.000001", { from: "2025-01-01" });
  await addRate("bolt", "twice", "0.000005", { from: "2025-01-01" });
  await addRate("acme", "gone", "0.000001", { from: "2025-01-01", to: "2026-01-01" });
  await addRate("acme", "gone", "0", { from: "2026-01-01", state: "unknown" });
  await addRate("bolt", "gone", "0.000007", { from: "2025-01-01" });
});
afterAll(() => database.close());

type Rate = Readonly<{
  from: string;
  to?: string;
  variant?: string;
  version?: number;
  versionTo?: number;
  state?: OfferState;
}>;

async function addRate(
  seller: string,
  model: string,
  usdPerToken: string,
  { from, to, variant = "default", version = 1, versionTo, state = "priced" }: Rate,
) {
  const charges: Charge[] = [{ meter: "input", unit: "token", amount: decimal(usdPerToken) }];
  await database.db.execute(sql`
    insert into rates (seller, model, variant, state, charges, origins, fingerprint, valid_from, valid_to, version_from, version_to, cause, is_news)
    values (${seller}, ${model}, ${variant}, ${state}, ${JSON.stringify(state === "priced" ? charges : [])}::text::jsonb, '[]', 'f',
      ${from}::timestamptz, ${to ?? null}::timestamptz, ${version}, ${versionTo ?? null}, 'sync', true)`);
}

const quote = (...lines: readonly unknown[]) => quoteUsage({ db: database.db, now: NOW }, lines);
const line = (more: Partial<UsageLine>): UsageLine => ({
  seller: "acme",
  model: "m",
  usage: { input: 1_000_000 },
  ...more,
});

test("a line is priced by the rate of its instant, as the book knows it now", async () => {
  const ats = ["2025-01-01T00:00:00Z", "2026-06-30T23:59:59.999Z", "2026-07-01T00:00:00Z", "2026-07-01T05:29:59+05:30"];
  const { quotes } = await quote(...ats.map((at) => line({ at })), line({}), line({ at: "2026-09-01T00:00:00Z" }));
  expect(quotes.map(({ total }) => total)).toEqual(["3", "3", "2", "3", "2", "4"]);
  expect(quotes.map(({ version }) => version)).toEqual(["1", "1", "2", "1", "2", "2"]);
  expect(quotes.at(4)).toMatchObject({ at: NOW, rate: expect.stringMatching(/^\d+$/), problem: null });
});

test("before its first rate a model is unpriced, and so is one that nobody knows", async () => {
  const { quotes, total, unpriced } = await quote(line({ at: "2024-12-31T23:59:59Z" }), line({ model: "M" }), line({}));
  expect(quotes.map(({ outcome, total: cost }) => [outcome, cost])).toEqual([
    ["unpriced", null],
    ["unpriced", null],
    ["priced", "2"],
  ]);
  expect({ total, unpriced }).toEqual({ total: "2", unpriced: 2 });
});

test("a variant is read in any spelling", async () => {
  const { quotes } = await quote(line({ variant: "BATCH" }));
  expect(quotes).toMatchObject([{ variant: "batch", total: "1" }]);
});

test("a seller is known under any of its spellings, and may be left out when only one has a price", async () => {
  await database.sql`insert into seller_spellings (spelling, seller, added_by, reason) values ('acme-eu', 'acme', 'ann', 'the same company')`;
  const { quotes } = await quote(
    line({ seller: "ACME-EU" }),
    line({ seller: undefined }),
    line({ seller: undefined, model: "gone" }),
  );
  expect(quotes).toMatchObject([
    { seller: "acme", total: "2" },
    { seller: "acme", total: "2" },
    { seller: "bolt", total: "7" },
  ]);
});

test("a model that several sell needs a seller, and the line names them", async () => {
  const { quotes, errors } = await quote(line({ seller: undefined, model: "twice" }), line({ model: "twice" }));
  expect(quotes).toMatchObject([
    { outcome: "error", total: null, problem: expect.stringContaining("acme, bolt") },
    { outcome: "priced", total: "1" },
  ]);
  expect(errors).toBe(1);
});

test("bad lines are answered as such, and the others are quoted", async () => {
  const bad: readonly unknown[] = [
    null,
    7,
    {},
    line({ model: "" }),
    line({ model: "a\u0000b" }),
    line({ model: "\ud800" }),
    { ...line({}), seller: 5 },
    line({ seller: "" }),
    line({ variant: "a+b+c" }),
    { ...line({}), variant: { toString: 1 } },
    line({ at: "yesterday" }),
    line({ at: "2026-13-01T00:00:00Z" }),
    line({ usage: { inputs: 1 } }),
    line({ usage: null }),
    { ...line({}), id: 7 },
  ];
  const { quotes, priced, errors } = await quote(...bad, line({ id: "last" }));
  expect({ priced, errors }).toEqual({ priced: 1, errors: bad.length });
  expect(quotes.at(-1)).toMatchObject({ id: "last", total: "2" });
  expect(quotes.slice(0, -1).every(({ problem, total }) => problem !== null && total === null)).toBe(true);
});

test("a used meter without a price is named and never 0, and the total is of the lines that are priced", async () => {
  const answer = await quote(
    line({ usage: { input: 10, web_search: 1 } }),
    line({ usage: { prompt_tokens: 10, completion_tokens: 0 } }),
  );
  expect(answer).toMatchObject({ total: "0.00002", priced: 1, unpriced: 1 });
  expect(answer.quotes[0]).toMatchObject({
    outcome: "unpriced",
    total: null,
    unpriced: ["web_search"],
    problem: "No price for: web_search",
  });
});

test("a caller that reserves money is told the most that a request may cost, or that nobody knows", async () => {
  const { quotes } = await quote(
    line({ bound: true }),
    line({ bound: true, usage: { input: 10, web_search: 1 } }),
    line({ bound: true, model: "nobody" }),
    line({}),
  );
  expect(quotes.map(({ bound }) => bound)).toEqual(["2", null, null, undefined]);
});

test("present rates are taken from memory where they are, and only for lines without an instant", async () => {
  const known: QuotableRate = {
    seller: "acme",
    model: "m",
    variant: "default",
    state: "priced",
    charges: [{ meter: "input", unit: "token", amount: decimal("1") }],
  };
  const asked: string[] = [];
  const findPresent = ({ model }: { model: string }) => {
    asked.push(model);
    return model === "m" ? [known] : undefined;
  };
  const lines = [line({}), line({}), line({ at: NOW }), line({ model: "twice" })];
  const { quotes } = await quoteUsage({ db: database.db, now: NOW, findPresent }, lines);
  expect(quotes.map(({ total }) => total)).toEqual(["1000000", "1000000", "2", "1"]);
  expect(asked).toEqual(["m", "twice"]);
});

test("ten thousand lines at as many instants are as their own quotes are", async () => {
  const start = Date.parse("2026-06-30T00:00:00Z");
  const lines = Array.from({ length: 10_000 }, (_, i) => line({ at: new Date(start + i * 20_000).toISOString() }));
  const { quotes, total } = await quote(...lines);
  const before = lines.filter(({ at }) => (at ?? "") < "2026-07-01").length;
  expect(quotes.filter((one) => one.total === "3")).toHaveLength(before);
  expect(total).toBe(String(before * 3 + (lines.length - before) * 2));
});

test("what every meter costs is said only where it is asked for", async () => {
  const asked = [line({ usage: { input: 10 } }), line({ usage: 5 }), line({ seller: undefined, model: "twice" })];
  for (const { lines } of (await quote(...asked)).quotes) expect(lines).toBeUndefined();
  const { quotes } = await quoteUsage({ db: database.db, now: NOW, detail: true }, asked);
  expect(quotes.map(({ lines }) => lines)).toEqual([
    [{ meter: "input", unit: "token", units: 10, amount: "0.000002", cost: "0.00002", charge: "input/token" }],
    [],
    [],
  ]);
});

test("a seller whose name is a word of JavaScript is not the absent one", async () => {
  const { quotes } = await quote(
    line({ seller: undefined, model: "gone" }),
    line({ seller: "undefined", model: "gone" }),
  );
  expect(quotes.map(({ total }) => total)).toEqual(["7", null]);
});
