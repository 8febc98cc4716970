import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Principal } from "#/access/principal.ts";
import { applyPlan } from "#/book/apply-plan.ts";
import { approveHolds, rejectHolds } from "#/book/decide-holds.ts";
import { getPrice } from "#/book/get-price.ts";
import { planSheet } from "#/book/plan-sheet.ts";
import { revertRun } from "#/book/revert-run.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { nowText } from "#/platform/database-clock.ts";
import { decimal } from "#/price/decimal.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import type { Offer } from "#/price/offer.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => void (database = await openTestDatabase()));
afterAll(() => database.close());

const ACTOR: Principal = { kind: "user", id: "u1", label: "ann@example.com", role: "operator" };
const MODELS = ["m0", "m1", "m2"] as const;
type Model = (typeof MODELS)[number];
/** The last one is 1,000 times the first: the guard holds it. */
const AMOUNTS = ["0.000001", "0.000002", "0.001"] as const;
const DAY_MS = 86_400_000;

const ask = fc.record({
  amount: fc.constantFrom(...AMOUNTS),
  announced: fc.option(fc.constantFrom("0.0000015", "0.000003"), { nil: undefined }),
});
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("sync" as const),
      asks: fc.record(Object.fromEntries(MODELS.map((model) => [model, ask])) as Record<Model, typeof ask>, {
        requiredKeys: [],
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("approve" as const, "reject" as const),
      model: fc.constantFrom(...MODELS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("pin" as const, "unpin" as const),
      model: fc.constantFrom(...MODELS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("revert" as const), run: fc.nat(5) }) },
);

/** A price in the naive book: `at` when it took effect, `known` when we knew, `gone` when an announcement was taken back. */
type Entry = { model: string; at: string; known: string; value: string; job: string; isSync: boolean; gone?: string };
type Pin = { model: string; set: string; cleared?: string };

/** Keeps everything in lists and answers by looking through all of it. */
function createNaiveBook() {
  const entries: Entry[] = [];
  const pins: Pin[] = [];
  const before = (a: string, b: string) => Date.parse(a) - Date.parse(b) || a.localeCompare(b);
  const latest = (found: readonly Entry[]) =>
    found
      .toSorted((a, b) => before(a.at, b.at) || before(a.known, b.known) || entries.indexOf(a) - entries.indexOf(b))
      .at(-1);
  return {
    entries,
    pins,
    latestOf: (model: string, until: string) =>
      latest(entries.filter((one) => one.model === model && one.gone === undefined && before(one.at, until) <= 0)),
    answer(model: string, at: string, known: string): string | undefined {
      const pin = pins.find(
        (one) =>
          one.model === model &&
          before(one.set, at) <= 0 &&
          before(one.set, known) <= 0 &&
          (one.cleared === undefined || before(one.cleared, at) > 0 || before(one.cleared, known) > 0),
      );
      if (pin !== undefined) return "pinned";
      const seen = entries.filter(
        (one) =>
          one.model === model &&
          before(one.at, at) <= 0 &&
          before(one.known, known) <= 0 &&
          (one.gone === undefined || before(one.gone, known) > 0),
      );
      return latest(seen)?.value;
    },
  };
}

test("for any syncs, announcements, decisions, pins and reverts, the price at an instant as known at another is the naive book's", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const { db } = database;
      const source = `s${randomUUID().slice(0, 8)}`;
      await db.execute(
        sql`insert into sources (name, kind, url) values (${source}, 'openrouter', 'https://x.example/')`,
      );
      const naive = createNaiveBook();
      const runs: string[] = [];
      const marks = [await nowText(db)];
      const future = new Date(Date.now() + 2 * DAY_MS).toISOString();
      const day = new Date(Date.now() + DAY_MS).toISOString();
      for (const one of steps) {
        await play(one);
        marks.push(await nowText(db));
      }
      const instants = [...marks, future];
      for (const model of MODELS)
        for (const at of instants)
          for (const known of marks.filter((_, index) => index % 2 === 0 || index === marks.length - 1))
            expect({ model, at, known, value: await ask(model, at, known) }).toEqual({
              model,
              at,
              known,
              value: naive.answer(nameOf(model), at, known) ?? "none",
            });

      function nameOf(model: string): string {
        return `${source}-${model}`;
      }

      async function ask(model: string, at: string, knownAt: string): Promise<string> {
        const found = await getPrice(db, { model: nameOf(model), at, knownAt }).catch(() => undefined);
        const [price] = found?.effective ?? [];
        if (price === undefined) return "none";
        const input = price.charges.find(({ meter }) => meter === "input");
        if (input?.source === "pin") return "pinned";
        return input?.amount ?? price.state;
      }

      async function play(one: (typeof steps)[number]): Promise<void> {
        if (one.kind === "sync") return sync(one.asks);
        if (one.kind === "revert") return revert(runs[one.run % Math.max(1, runs.length)]);
        const model = nameOf(one.model);
        if (one.kind === "approve" || one.kind === "reject") return decide(one.kind, model);
        return one.kind === "pin" ? pin(model) : unpin(model);
      }

      async function sync(
        asks: Partial<Record<Model, { amount: string; announced: string | undefined }>>,
      ): Promise<void> {
        const jobId = randomUUID();
        const offers = Object.entries(asks).map(([model, { amount, announced }]): Offer => {
          const charge = { meter: "input", unit: "token", amount: decimal(amount) } as const;
          const later = announced === undefined ? [] : [{ ...charge, amount: decimal(announced) }];
          const upcoming = later.map((next) => ({ state: "priced" as const, charges: [next], effectiveFrom: day }));
          const id = nameOf(model);
          const offer: Offer = {
            seller: "acme",
            model: id,
            variant: "default",
            listing: id,
            state: "priced",
            charges: [charge],
          };
          return upcoming.length === 0 ? offer : { ...offer, upcoming };
        });
        await db.transaction(async (tx) => {
          const observedAt = await nowText(tx);
          const plan = await planSheet(tx, { source, offers, observedAt, rules: GUARD_DEFAULTS });
          if (plan.comparison.collapsed !== undefined) return;
          await applyPlan(tx, plan, { source, jobId, payloadDigest: "d".repeat(64), fence: 1n, observedAt });
          runs.push(jobId);
          for (const gone of plan.withdraw) {
            const entry = naive.entries.find(
              (row) => row.model === gone.model && row.at === day && row.gone === undefined,
            );
            if (entry !== undefined) entry.gone = observedAt;
          }
          for (const { offer, effectiveFrom } of [...plan.apply, ...plan.announce]) {
            const value = offer.charges[0]?.amount ?? offer.state;
            const at = effectiveFrom ?? observedAt;
            naive.entries.push({
              model: offer.model,
              at,
              known: observedAt,
              value,
              job: jobId,
              isSync: effectiveFrom === null,
            });
          }
          const rows = await tx.execute<{ model: string }>(
            sql`select model from model_pricing_history where job_id = ${jobId}::uuid and cause = 'delist'`,
          );
          for (const { model } of rows)
            naive.entries.push({
              model,
              at: observedAt,
              known: observedAt,
              value: "unknown",
              job: jobId,
              isSync: false,
            });
        });
      }

      async function decide(verb: "approve" | "reject", model: string): Promise<void> {
        const [hold] = await db.execute<{ amount: string; observed: string }>(sql`
          select new_charges #>> '{0,amount}' as amount, to_json(observed_at) #>> '{}' as observed from price_holds
          where model = ${model} and state = 'open' and effective_at is null`);
        if (hold === undefined) return;
        const input = { filter: { model }, reason: "checked by hand" };
        if (verb === "reject") return void (await rejectHolds(db, ACTOR, input));
        const current = naive.latestOf(model, await nowText(db));
        await approveHolds(db, ACTOR, input);
        const known = await nowText(db);
        const isOvertaken = current !== undefined && Date.parse(current.at) > Date.parse(hold.observed);
        const at = isOvertaken ? known : hold.observed;
        naive.entries.push({ model, at, known, value: hold.amount, job: "", isSync: false });
      }

      async function pin(model: string): Promise<void> {
        const charges = [{ meter: "input" as const, unit: "token" as const, amount: "0.5" }];
        await setPin(db, ACTOR, { seller: "acme", model, variant: "default", charges, reason: "our contract" });
        const now = await nowText(db);
        const standing = naive.pins.find((one) => one.model === model && one.cleared === undefined);
        if (standing === undefined) naive.pins.push({ model, set: now });
      }

      async function unpin(model: string): Promise<void> {
        const standing = naive.pins.find((one) => one.model === model && one.cleared === undefined);
        if (standing === undefined) return;
        await clearPin(db, ACTOR, { seller: "acme", model, variant: "default", reason: "it has ended" });
        standing.cleared = await nowText(db);
      }

      async function revert(run: string | undefined): Promise<void> {
        if (run === undefined) return;
        const before = await nowText(db);
        const moved = naive.entries.filter(
          (entry) => entry.job === run && entry.isSync && naive.latestOf(entry.model, before) === entry,
        );
        const earlier = moved.map((entry) => {
          const index = naive.entries.indexOf(entry);
          const rest = naive.entries
            .slice(0, index)
            .filter(({ model, gone }) => model === entry.model && gone === undefined);
          return rest.filter(({ at }) => Date.parse(at) <= Date.parse(entry.at)).at(-1)?.value ?? "unknown";
        });
        const jobId = randomUUID();
        await db.transaction((tx) =>
          revertRun(tx, { revertedJobId: run, source, jobId, fence: 1n, actor: "ann", reason: "wrong unit" }),
        );
        const now = await nowText(db);
        for (const [index, { model }] of moved.entries())
          naive.entries.push({
            model,
            at: now,
            known: now,
            value: earlier[index] ?? "unknown",
            job: jobId,
            isSync: false,
          });
        for (const entry of naive.entries)
          if (entry.job === run && entry.at === day && entry.gone === undefined) entry.gone = now;
      }
    }),
    { numRuns: 25, endOnFailure: false },
  );
}, 120_000);
