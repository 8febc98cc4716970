import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Principal } from "#/access/principal.ts";
import { addSpelling } from "#/book/add-spelling.ts";
import { applyPlan } from "#/book/apply-plan.ts";
import { approveHolds, rejectHolds } from "#/book/decide-holds.ts";
import { getPrice } from "#/book/get-price.ts";
import { planSheet } from "#/book/plan-sheet.ts";
import { rankSource } from "#/book/rank-source.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { placeOffers } from "#/price/sellers.ts";
import { revertRun } from "#/book/revert-run.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { verifyRates } from "#/book/verify-rates.ts";
import { nowText } from "#/platform/database-clock.ts";
import { decimal } from "#/price/decimal.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import type { Offer } from "#/price/offer.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => void (database = await openTestDatabase()));
afterAll(() => database.close());

const SEQUENCES = Number(process.env["RATES_SEQUENCES"] ?? 25);
const QUESTIONS = 60;
const ACTOR: Principal = { kind: "user", id: "u1", label: "ann@example.com", role: "admin" };
const MODELS = ["m0", "m1", "m2"] as const;
type Model = (typeof MODELS)[number];
/** The last one is 1,000 times the first: the guard holds it. */
const AMOUNTS = ["0.000001", "0.000002", "0.001"] as const;
const DAY_MS = 86_400_000;
const SOURCES = 3;

const ask = fc.record({
  amount: fc.constantFrom(...AMOUNTS),
  announced: fc.option(fc.constantFrom("0.0000015", "0.000003"), { nil: undefined }),
});
const asks = fc.record(Object.fromEntries(MODELS.map((model) => [model, ask])) as Record<Model, typeof ask>, {
  requiredKeys: [],
});
const source = fc.nat(SOURCES - 1);
const model = fc.constantFrom(...MODELS);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("sync" as const), source, asks }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("backfill" as const), source, asks, day: fc.nat(8) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("approve" as const, "reject" as const), model }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("pin" as const, "unpin" as const), model }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("revert" as const), run: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rank" as const), source, place: fc.nat(SOURCES - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("spelling" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;
type Asks = Extract<Step, { kind: "sync" }>["asks"];

/** What one source said: `at` when it took effect, `known` when the book came to know it, `gone` when it was taken back. */
type Entry = {
  source: string;
  model: string;
  at: string;
  known: string;
  value: string;
  job: string;
  isSync: boolean;
  gone?: string;
};
type Pin = { model: string; set: string; cleared?: string };
type Order = { made: string; names: readonly string[] };

/** Whole microseconds: texts of one instant differ in their zeros and zones. */
const microsOf = (text: string) => {
  const [, fraction = ""] = /\.(\d+)/.exec(text) ?? [];
  return Date.parse(text) * 1_000 + Number(fraction.padEnd(6, "0").slice(3));
};
const time = (a: string, b: string) => microsOf(a) - microsOf(b);
const least = (a: string, b: string) => (time(a, b) <= 0 ? a : b);

/** Keeps everything in lists, and answers by looking through all of it. */
function createNaiveBook(sources: readonly string[], aliased: string) {
  const entries: Entry[] = [];
  const pins: Pin[] = [];
  const orders: Order[] = [];
  let spelledAt: string | undefined;
  const latest = (found: readonly Entry[]) =>
    found
      .toSorted((a, b) => time(a.at, b.at) || time(a.known, b.known) || entries.indexOf(a) - entries.indexOf(b))
      .at(-1);
  const isKnown = ({ known, gone }: Entry, by: string) =>
    time(known, by) <= 0 && (gone === undefined || time(gone, by) > 0);
  return {
    entries,
    pins,
    orders,
    spell: (at: string) => (spelledAt ??= at),
    isSpelled: () => spelledAt !== undefined,
    latestOf: (from: string, of: string, until: string) =>
      latest(
        entries.filter(
          (one) => one.source === from && one.model === of && one.gone === undefined && time(one.at, until) <= 0,
        ),
      ),
    answer(seller: "acme" | "alias", of: string, at: string, by: string): string {
      const isMerged = spelledAt !== undefined && time(spelledAt, by) <= 0;
      const listing = sources.filter((name) => (name === aliased && !isMerged ? "alias" : "acme") === seller);
      const hadPin = seller === "acme" && pins.some((one) => one.model === of && time(one.set, least(at, by)) <= 0);
      const pin =
        seller === "acme" &&
        pins.some(
          (one) =>
            one.model === of &&
            time(one.set, least(at, by)) <= 0 &&
            (one.cleared === undefined || time(one.cleared, at) > 0 || time(one.cleared, by) > 0),
        );
      if (pin) return "pinned";
      const order = orders.findLast(({ made }) => time(made, least(at, by)) <= 0)?.names ?? sources;
      const standing = order.flatMap((name) => {
        if (!listing.includes(name)) return [];
        const entry = latest(
          entries.filter((one) => one.source === name && one.model === of && time(one.at, at) <= 0 && isKnown(one, by)),
        );
        return entry === undefined ? [] : [entry.value];
      });
      const priced = standing.find((value) => value !== "unknown");
      return priced ?? (standing.length > 0 || hadPin ? "unknown" : "none");
    },
  };
}

async function playAll(steps: readonly Step[]): Promise<void> {
  const { db } = database;
  await db.execute(sql`truncate sources, source_orders, seller_spellings, model_pricing, model_pricing_history, price_holds,
    price_pins, rates, book_versions`);
  const run = randomUUID().slice(0, 8);
  const sources = Array.from({ length: SOURCES }, (_, index) => `s${run}-${index}`);
  const [aliased = ""] = sources.slice(1);
  const [acme, alias] = [`acme-${run}`, `alias-${run}`];
  for (const name of sources)
    await db.execute(sql`insert into sources (name, kind, url) values (${name}, 'openrouter', 'https://x.example/')`);
  const naive = createNaiveBook(sources, aliased);
  const runs: { jobId: string; source: string }[] = [];
  const marks = [await nowText(db)];
  const start = Date.now();
  const [past, day, future] = [-10, 1, 2].map((days) => new Date(start + days * DAY_MS).toISOString());
  const lastSeen = new Map<string, string>();
  for (const one of steps) {
    await play(one);
    marks.push(await nowText(db));
  }
  await compare();
  expect(await verifyRates(db)).toMatchObject({ differences: [], total: 0 });

  function nameOf(of: string): string {
    return `${run}-${of}`;
  }

  async function compare(): Promise<void> {
    const backfilled = naive.entries.flatMap(({ at }) => (time(at, marks[0] ?? "") < 0 ? [at] : []));
    const instants = [past ?? "", ...new Set(backfilled), ...marks, future ?? ""];
    const questions = MODELS.flatMap((of) =>
      (["acme", "alias"] as const).flatMap((seller) =>
        instants.flatMap((at) => marks.map((known) => ({ seller, of, at, known }))),
      ),
    );
    const stride = Math.max(1, Math.floor(questions.length / QUESTIONS));
    for (const { seller, of, at, known } of questions.filter((_, index) => index % stride === 0))
      expect({ seller, of, at, known, value: await askBook(seller === "acme" ? acme : alias, of, at, known) }).toEqual({
        seller,
        of,
        at,
        known,
        value: naive.answer(seller, nameOf(of), at, known),
      });
  }

  async function askBook(seller: string, of: string, at: string, knownAt: string): Promise<string> {
    const found = await getPrice(db, { model: nameOf(of), at, knownAt }).catch(() => undefined);
    const price = found?.effective.find((one) => one.seller === seller);
    if (price === undefined) return "none";
    const input = price.charges.find(({ meter }) => meter === "input");
    if (input?.source === "pin") return "pinned";
    return input?.amount ?? price.state;
  }

  async function play(one: Step): Promise<void> {
    if (one.kind === "sync") return apply(sources[one.source] ?? "", one.asks);
    if (one.kind === "backfill") return backfill(sources[one.source] ?? "", one.asks, one.day);
    if (one.kind === "revert") return revert(runs[one.run % Math.max(1, runs.length)]);
    if (one.kind === "rank") return rank(sources[one.source] ?? "", one.place);
    if (one.kind === "spelling") return spell();
    const of = nameOf(one.model);
    if (one.kind === "approve" || one.kind === "reject") return decide(one.kind, of);
    return one.kind === "pin" ? pin(of) : unpin(of);
  }

  /** An archive of some days ago, where the source has not been seen since. */
  async function backfill(name: string, said: Asks, dayOfPast: number): Promise<void> {
    const at = new Date(start - (9 - dayOfPast) * DAY_MS).toISOString();
    const last = lastSeen.get(name);
    if (last === undefined || time(last, at) < 0) await apply(name, said, at);
  }

  function offersOf(name: string, said: Asks): Offer[] {
    return Object.entries(said).map(([of, { amount, announced }]): Offer => {
      const charge = { meter: "input", unit: "token", amount: decimal(amount) } as const;
      const later = announced === undefined ? [] : [{ ...charge, amount: decimal(announced) }];
      const upcoming = later.map((next) => ({
        state: "priced" as const,
        charges: [next],
        effectiveFrom: day ?? "",
      }));
      const id = nameOf(of);
      const seller = name === aliased ? alias : acme;
      const key = { seller, model: id, variant: "default", listing: `${name}/${id}` };
      const offer: Offer = { ...key, state: "priced", charges: [charge] };
      return upcoming.length === 0 ? offer : { ...offer, upcoming };
    });
  }

  async function apply(name: string, said: Asks, archivedAt?: string): Promise<void> {
    const jobId = randomUUID();
    await db.transaction(async (tx) => {
      const known = await nowText(tx);
      const observedAt = archivedAt ?? known;
      const offers = placeOffers(offersOf(name, said), await readSellers(tx));
      const plan = await planSheet(tx, { source: name, offers, observedAt, rules: GUARD_DEFAULTS });
      if (plan.comparison.collapsed !== undefined) return;
      const cause = archivedAt === undefined ? "sync" : "backfill";
      await applyPlan(tx, plan, { source: name, jobId, payloadDigest: "d".repeat(64), fence: 1n, observedAt, cause });
      lastSeen.set(name, observedAt);
      runs.push({ jobId, source: name });
      for (const gone of plan.withdraw) {
        const entry = naive.entries.find(
          (row) => row.source === name && row.model === gone.model && row.at === day && row.gone === undefined,
        );
        if (entry !== undefined) entry.gone = known;
      }
      const told = { source: name, known, job: jobId };
      for (const { offer, effectiveFrom } of [...plan.apply, ...plan.announce]) {
        const value = offer.charges[0]?.amount ?? offer.state;
        const at = effectiveFrom ?? observedAt;
        naive.entries.push({ ...told, model: offer.model, at, value, isSync: effectiveFrom === null });
      }
      const rows = await tx.execute<{ model: string }>(
        sql`select model from model_pricing_history where job_id = ${jobId}::uuid and cause = 'delist'`,
      );
      for (const row of rows)
        naive.entries.push({ ...told, model: row.model, at: observedAt, value: "unknown", isSync: false });
    });
  }

  async function decide(verb: "approve" | "reject", of: string): Promise<void> {
    const holds = await db.execute<{ source: string; amount: string; observed: string; day: string | null }>(sql`
      select source, new_charges #>> '{0,amount}' as amount, to_json(observed_at) #>> '{}' as observed,
        to_json(effective_at) #>> '{}' as day from price_holds where model = ${of} and state = 'open'`);
    if (holds.length === 0) return;
    const input = { filter: { model: of }, reason: "checked by hand" };
    if (verb === "reject") return void (await rejectHolds(db, ACTOR, input));
    const before = await nowText(db);
    const current = holds.map((hold) => naive.latestOf(hold.source, of, before));
    await approveHolds(db, ACTOR, input);
    const known = await nowText(db);
    for (const [index, hold] of holds.entries()) {
      const own = current[index];
      const isOvertaken = own !== undefined && time(own.at, hold.observed) >= 0;
      const at = hold.day === null ? (isOvertaken ? known : hold.observed) : (day ?? "");
      naive.entries.push({ source: hold.source, model: of, at, known, value: hold.amount, job: "", isSync: false });
    }
  }

  async function pin(of: string): Promise<void> {
    const charges = [{ meter: "input" as const, unit: "token" as const, amount: "0.5" }];
    await setPin(db, ACTOR, { seller: acme, model: of, variant: "default", charges, reason: "our contract" });
    const now = await nowText(db);
    const standing = naive.pins.find((one) => one.model === of && one.cleared === undefined);
    if (standing === undefined) naive.pins.push({ model: of, set: now });
  }

  async function unpin(of: string): Promise<void> {
    const standing = naive.pins.find((one) => one.model === of && one.cleared === undefined);
    if (standing === undefined) return;
    await clearPin(db, ACTOR, { seller: acme, model: of, variant: "default", reason: "it has ended" });
    standing.cleared = await nowText(db);
  }

  async function rank(name: string, place: number): Promise<void> {
    const [row] = await db.execute<{ names: string[] }>(sql`select names from source_orders order by id desc limit 1`);
    const names = row?.names ?? [];
    const others = names.length - SOURCES;
    await rankSource(db, ACTOR, { name, rank: others + place + 1, reason: "we know better", dryRun: false });
    const next = names.filter((one) => sources.includes(one) && one !== name).toSpliced(place, 0, name);
    naive.orders.push({ made: await nowText(db), names: next });
  }

  async function spell(): Promise<void> {
    const isListed = naive.entries.some((entry) => entry.source !== aliased);
    if (naive.isSpelled() || !isListed) return;
    await addSpelling(db, ACTOR, { spelling: alias, seller: acme, reason: "one and the same" });
    naive.spell(await nowText(db));
  }

  async function revert(ran: (typeof runs)[number] | undefined): Promise<void> {
    if (ran === undefined) return;
    const before = await nowText(db);
    const moved = naive.entries.filter(
      (entry) => entry.job === ran.jobId && entry.isSync && naive.latestOf(entry.source, entry.model, before) === entry,
    );
    const earlier = moved.map((entry) => {
      const rest = naive.entries
        .slice(0, naive.entries.indexOf(entry))
        .filter((one) => one.source === entry.source && one.model === entry.model && one.gone === undefined);
      return rest.filter(({ at }) => time(at, entry.at) <= 0).at(-1)?.value ?? "unknown";
    });
    const jobId = randomUUID();
    await db.transaction((tx) =>
      revertRun(tx, {
        revertedJobId: ran.jobId,
        source: ran.source,
        jobId,
        fence: 1n,
        actor: "ann",
        reason: "wrong unit",
      }),
    );
    const now = await nowText(db);
    lastSeen.set(ran.source, now);
    for (const [index, entry] of moved.entries())
      naive.entries.push({
        source: ran.source,
        model: entry.model,
        at: now,
        known: now,
        value: earlier[index] ?? "unknown",
        job: jobId,
        isSync: false,
      });
    for (const entry of naive.entries)
      if (entry.job === ran.jobId && entry.at === day && entry.gone === undefined) entry.gone = now;
  }
}

test("for any syncs, backfills, decisions, pins, reverts, ranks and spellings the rate at an instant as known at another is the naive book's", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 16 }), playAll), {
    numRuns: SEQUENCES,
    endOnFailure: true,
  });
}, 3_600_000);
