import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addSpelling } from "#/book/add-spelling.ts";
import { applyPlan } from "#/book/apply-plan.ts";
import { listPricesInForce, priceInForce, ratePrice } from "#/book/list-rates.ts";
import { planSheet } from "#/book/plan-sheet.ts";
import { rankSource } from "#/book/rank-source.ts";
import { PRICE_JSON } from "#/book/rate-columns.ts";
import { ratesAt } from "#/book/rates-at.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { openReplica, type Replica } from "#/client/replica.ts";
import { RatebookError } from "#/client/ratebook-error.ts";
import { nowText } from "#/platform/database-clock.ts";
import { decimal } from "#/price/decimal.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import { placeOffers } from "#/price/sellers.ts";
import { eventually } from "#/testing/eventually.ts";
import { openFaultProxy, type FaultProxy } from "#/testing/fault-proxy.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const SEQUENCES = Number(process.env["REPLICA_SEQUENCES"] ?? 25);
const MODELS = ["m0", "m1", "m2"] as const;
const SOURCES = ["s0", "s1", "s2"] as const;
const AMOUNTS = ["0.000001", "0.000002", "0.0000015"] as const;
const REASON = "for a test";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let port: number;
let proxy: FaultProxy;

async function startServer(): Promise<void> {
  doors = await openDoors(world);
  port = Number(new URL(await doors.listen()).port);
}

beforeAll(async () => {
  world = await openSyncWorld();
  await startServer();
  proxy = await openFaultProxy(() => port);
});
afterAll(async () => {
  await proxy.close();
  await doors.close();
  await world.close();
});

const model = fc.constantFrom(...MODELS);
const amount = fc.constantFrom(...AMOUNTS);
const prices = fc.dictionary(model, amount, { maxKeys: 3 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("sync" as const), source: fc.constantFrom(...SOURCES), prices }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pin" as const), model, amount }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("unpin" as const), model }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rank" as const), source: fc.constantFrom(...SOURCES) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("spell" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("cut" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** The last source spells the seller in a way of its own. */
const sellerOf = (source: string) => (source === "s2" ? "alias" : "acme");

async function sync(source: string, asked: Readonly<Record<string, string>>): Promise<void> {
  await world.db.transaction(async (tx) => {
    const observedAt = await nowText(tx);
    const offers = Object.entries(asked).map(([id, value]) => ({
      seller: sellerOf(source),
      model: id,
      variant: "default",
      listing: id,
      state: "priced" as const,
      charges: [{ meter: "input" as const, unit: "token" as const, amount: decimal(value) }],
    }));
    const placed = placeOffers(offers, await readSellers(tx));
    const rules = { ...GUARD_DEFAULTS, vanish: { ...GUARD_DEFAULTS.vanish } };
    const plan = await planSheet(tx, { source, offers: placed, observedAt, rules });
    const origin = { source, jobId: randomUUID(), payloadDigest: "d", fence: 1n, observedAt, cause: "sync" as const };
    await applyPlan(tx, plan, origin);
  });
}

const isRefusal = (error: unknown) =>
  expect(error).toMatchObject({ code: expect.stringMatching(/NOT_FOUND|CONFLICT|INVALID/) });

async function play(one: Step, isCaughtUp: () => Promise<unknown>): Promise<void> {
  const { db } = world;
  const target = { seller: "acme", variant: "default", reason: REASON };
  if (one.kind === "sync") await sync(one.source, one.prices);
  if (one.kind === "pin") {
    const charges = [{ meter: "input" as const, unit: "token" as const, amount: one.amount }];
    await setPin(db, ACTOR, { ...target, model: one.model, charges });
  }
  if (one.kind === "unpin") await clearPin(db, ACTOR, { ...target, model: one.model }).catch(isRefusal);
  if (one.kind === "rank") await rankSource(db, ACTOR, { name: one.source, rank: 1, reason: REASON, dryRun: false });
  if (one.kind === "spell")
    await addSpelling(db, ACTOR, { spelling: "alias", seller: "acme", reason: REASON }).catch(isRefusal);
  if (one.kind === "cut") proxy.setModeOfOpen({ kind: "reset" });
  if (one.kind === "wait") await isCaughtUp();
  if (one.kind === "restart") {
    await doors.close();
    await startServer();
  }
}

async function headVersion(): Promise<string> {
  const [row] = await world.db.execute<{ version: string }>(sql`
    select coalesce(max(version), 0)::text as version from book_versions`);
  return row?.version ?? "0";
}

const sorted = (rates: readonly unknown[]) => rates.map((rate) => JSON.stringify(ratePrice.parse(rate))).toSorted();

function isUnreachable(error: unknown): undefined {
  if (!(error instanceof RatebookError) || error.kind !== "unreachable") throw error;
}

/** The book of a version, as it was when the version was made. */
async function bookOf(version: string): Promise<string[]> {
  const [row] = await world.db.execute<{ at: string }>(sql`
    select to_json(at) #>> '{}' as at from book_versions where version = ${version}::bigint`);
  const rows = await world.db.execute<{ price: unknown }>(sql`
    select ${PRICE_JSON} as price from (${ratesAt({ at: row?.at ?? "-infinity", version: sql`${version}::bigint` }, {})}) r`);
  return sorted([...rows].flatMap(({ price }) => price ?? []));
}

/** The present as a server answers it from memory, page by page. */
async function readPages(): Promise<unknown[]> {
  const prices: unknown[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const url: string = `/v1/prices?limit=2&min_version=${await headVersion()}${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const page = await doors.app.inject({ url, headers: { authorization: `Bearer ${DOORS_KEY}` } });
    const body = page.json<{ prices: unknown[]; next_cursor: string | null }>();
    prices.push(...body.prices.map((price) => priceInForce.parse(price)));
    cursor = body.next_cursor;
  }
  return prices;
}

let played = 0;

/** Whoever has many played waits for half an hour. */
function tellProgress(): void {
  played += 1;
  if (played % 100 === 0) process.stderr.write(`${played} of ${SEQUENCES} sequences are played\n`);
}

async function playAll(steps: readonly Step[]): Promise<void> {
  await world.db.execute(sql`truncate sources, source_orders, seller_spellings, model_pricing, model_pricing_history,
    price_holds, price_pins, rates, book_versions`);
  for (const name of SOURCES)
    await world.db.execute(
      sql`insert into sources (name, kind, url) values (${name}, 'openrouter', 'https://x.example/')`,
    );
  const told: { version: string; rates: string[] }[] = [];
  const errors: RatebookError[] = [];
  await sync("s0", { m0: "0.000001" });
  await doors.prices.refresh();
  const open = () =>
    openReplica({
      url: `http://127.0.0.1:${proxy.port}`,
      apiKey: DOORS_KEY,
      onVersion: (version) => told.push({ version, rates: sorted(replica.rates()) }),
      onError: (error) => errors.push(error),
    }).catch(isUnreachable);
  // The first load is not tried again by itself, and it may meet a connection that the sequence before has cut.
  const replica: Replica = await eventually("the replica is loaded", open);
  const isCaughtUp = () =>
    eventually("the replica has the newest version", async () => replica.version() === (await headVersion()));
  try {
    for (const one of steps) await play(one, isCaughtUp);
    await isCaughtUp();
    const versions = told.map(({ version }) => Number(version));
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    for (const { version, rates } of told) expect(rates, `version ${version}`).toEqual(await bookOf(version));
    expect(sorted(replica.rates())).toEqual(await bookOf(await headVersion()));
    expect(await readPages()).toEqual((await listPricesInForce(world.db, { limit: 5_000 })).prices);
    // Only what was done to it: connections that were cut, and a server that was away.
    expect(errors.filter(({ kind }) => kind !== "unreachable" && kind !== "unwell")).toEqual([]);
    tellProgress();
  } finally {
    await replica.close();
  }
}

test(
  "a replica is equal to the server at every version, whatever is changed, cut and restarted",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), (steps) => playAll(steps)),
      { numRuns: SEQUENCES },
    );
  },
  60_000 + SEQUENCES * 1_000,
);
