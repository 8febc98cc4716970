/**
 * Times what the guard and the evidence of the other sources add to a sync of 12,000 first prices, with 12,000 offers of
 * another source in the book: reading the evidence from a real Postgres, and judging. Beside it the floor: comparing the
 * same payload with the book. Exit code 1 when it adds more than its budget.
 *
 *   npm run bench-guard
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPlan } from "#/book/apply-plan.ts";
import { listPeerOffers } from "#/book/list-peer-offers.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { placeOffers } from "#/price/sellers.ts";
import { planSheet } from "#/book/plan-sheet.ts";
import { nowText } from "#/platform/database-clock.ts";
import { openDatabase } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { decimal } from "#/price/decimal.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import { judgeOffers } from "#/price/judge-offers.ts";
import type { Offer } from "#/price/offer.ts";

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

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

const folder = await mkdtemp(join(tmpdir(), "ratebook-bench-"));
const postgres = await openEmbeddedPostgres(folder);
const { db, close } = openDatabase(postgres.url, { max: 2, name: "bench" });
try {
  await migrateDatabase(postgres.url);
  const rules = GUARD_DEFAULTS;
  await db.transaction(async (tx) => {
    const observedAt = await nowText(tx);
    const plan = await planSheet(tx, {
      source: "other",
      offers: placeOffers(offersOf(1), await readSellers(tx)),
      observedAt,
      rules,
    });
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
  const offers = placeOffers(offersOf(2), await readSellers(db));
  const added: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const peers = await db.transaction((tx) => listPeerOffers(tx, "mine"));
    judgeOffers({ candidates: offers, peers, ownOffers: offers, rules, isVanishing: false });
    added.push(performance.now() - start);
    const planStart = performance.now();
    await db.transaction(async (tx) => planSheet(tx, { source: "mine", offers, observedAt: await nowText(tx), rules }));
    whole.push(performance.now() - planStart);
  }
  const [guardMs, planMs] = [median(added), median(whole)];
  const first = added[0] ?? 0;
  process.stdout.write(
    `${OFFERS} offers against ${OFFERS} of another source, median of ${ROUNDS}:\n` +
      `  evidence and guard   ${guardMs.toFixed(0)} ms (the first, cold: ${first.toFixed(0)} ms); budget ${BUDGET_MS} ms\n` +
      `  the whole plan       ${planMs.toFixed(0)} ms, of which without the guard ${(planMs - guardMs).toFixed(0)} ms\n`,
  );
  if (guardMs > BUDGET_MS) process.exitCode = 1;
} finally {
  await close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}
