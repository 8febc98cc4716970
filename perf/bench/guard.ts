/**
 * Times what the guard and the evidence of the other sources add to a sync of 12,000 first prices, with 12,000 offers of
 * another source in the book: reading the evidence from a real Postgres, and judging. Beside it the whole plan.
 *
 *   node perf/bench/guard.ts [--quick]
 */
import { randomUUID } from "node:crypto";
import { applyPlan } from "#/book/apply-plan.ts";
import { listPeerOffers } from "#/book/list-peer-offers.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { placeOffers } from "#/price/sellers.ts";
import { planSheet } from "#/book/plan-sheet.ts";
import { nowText } from "#/platform/database-clock.ts";
import type { Db } from "#/platform/database.ts";
import { decimal } from "#/price/decimal.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import { judgeOffers } from "#/price/judge-offers.ts";
import type { Offer } from "#/price/offer.ts";
import { quantile } from "../quantile.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { spread, timeOf } from "./take-turns.ts";

const OFFERS = 12_000;
const BUDGET_MS = 150;
const ROUNDS = 25;

function offersOf(factor: number): Offer[] {
  return Array.from({ length: OFFERS }, (_, index) => {
    const model = `maker-${index % 40}/model-${Math.floor(index / 40)}-${(index % 9) + 1}.5-instruct`;
    const input = decimal(`${(index % 97) * factor + 3}e-8`);
    const charge = (meter: "input" | "output" | "cache_read", amount: string) =>
      ({ meter, unit: "token", amount: decimal(amount) }) as const;
    const charges = [
      charge("input", input),
      charge("output", `${((index % 97) * factor + 3) * 4}e-8`),
      charge("cache_read", `${(index % 97) * factor + 3}e-9`),
    ];
    const seller = `seller-${index % 30}`;
    return { seller, model, variant: "default", listing: `${seller}/${model}`, state: "priced", charges };
  });
}

async function fillBook(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    const observedAt = await nowText(tx);
    const offers = placeOffers(offersOf(1), await readSellers(tx));
    const plan = await planSheet(tx, { source: "other", offers, observedAt, rules: GUARD_DEFAULTS });
    const origin = {
      source: "other",
      jobId: randomUUID(),
      payloadDigest: "d".repeat(64),
      fence: 1n,
      observedAt,
      cause: "sync",
    } as const;
    await applyPlan(tx, plan, origin);
  });
}

async function measure(bench: Bench): Promise<void> {
  const { db } = bench.connect(await bench.createDatabase("guard"));
  await fillBook(db);
  const rules = GUARD_DEFAULTS;
  const offers = placeOffers(offersOf(2), await readSellers(db));
  const added: number[] = [];
  const whole: number[] = [];
  const judge = async () => {
    const peers = await db.transaction((tx) => listPeerOffers(tx, "mine"));
    judgeOffers({ candidates: offers, peers, ownOffers: offers, rules, isVanishing: false });
  };
  const plan = () =>
    db.transaction(async (tx) => planSheet(tx, { source: "mine", offers, observedAt: await nowText(tx), rules }));
  for (let round = 0; round < (bench.isQuick ? 7 : ROUNDS); round += 1) {
    added.push(await timeOf(judge));
    whole.push(await timeOf(plan));
  }
  bench.report({ what: "evidence and guard, median", value: quantile(added, 0.5), unit: "ms", most: BUDGET_MS });
  bench.note(`evidence and guard ${spread(added, "ms")}, the first, cold, ${(added[0] ?? 0).toFixed(0)} ms`);
  bench.note(`the whole plan ${spread(whole, "ms")}`);
}

await runBench(`What the guard adds to ${OFFERS.toLocaleString("en")} first prices`, measure);
