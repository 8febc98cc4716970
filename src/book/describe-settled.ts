import { z } from "zod";
import { trustCharges } from "#/book/get-price.ts";
import { countRateChanges, listRateChanges, rateChange, type RateChange } from "#/book/list-rate-changes.ts";
import type { Settled } from "#/book/settle-rates.ts";
import type { Tx } from "#/platform/database.ts";
import { changeFactor } from "#/price/change-factor.ts";
import { sumImpacts } from "#/price/cost-impact.ts";

/** What a change of the book does to the prices in force. */
export const settledChanges = z.object({
  /** Prices in force that are others, or come from others. */
  settled: z.number(),
  /** Those of them that are other amounts, … */
  changed: z.number(),
  /** … the largest of them, by the factor of the line that moves most, … */
  changes: z.array(rateChange),
  /** … and what they come to in USD a month, as far as usage is recorded. */
  monthlyImpactUsd: z.string().nullable(),
});
export type SettledChanges = z.infer<typeof settledChanges>;

export const LARGEST_SHOWN = 20;
const MOST_CHANGES = 20_000;

export async function describeSettled(tx: Tx, { version, changed: settled }: Settled): Promise<SettledChanges> {
  if (version === null) return { settled, changed: 0, changes: [], monthlyImpactUsd: null };
  const { first, changed, gone } = await countRateChanges(tx, { version });
  const all = await listRateChanges(tx, { version }, { limit: MOST_CHANGES });
  return {
    settled,
    changed: first + changed + gone,
    changes: largestFirst(all).slice(0, LARGEST_SHOWN),
    monthlyImpactUsd: sumImpacts(all.map(({ monthlyImpactUsd }) => monthlyImpactUsd)),
  };
}

function largestFirst(changes: readonly RateChange[]): RateChange[] {
  const sized = changes.map((change) => ({
    change,
    factor: changeFactor(trustCharges(change.previousCharges ?? []), trustCharges(change.charges)),
  }));
  return sized.toSorted((a, b) => compare(b.factor, a.factor)).map(({ change }) => change);
}

/** Two infinite factors are equal: their difference is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
