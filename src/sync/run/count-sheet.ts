import type { SheetPlan } from "#/book/plan-sheet.ts";
import type { PriceSheet } from "#/price/offer.ts";
import { NO_COUNTS, type SourceCounts } from "#/terms/progress.ts";

function countBy<T>(items: readonly T[], name: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[name(item)] = (counts[name(item)] ?? 0) + 1;
  return counts;
}

/** What a sheet holds, and, once compared, what it changed. */
export function countSheet(sheet: PriceSheet, plan?: SheetPlan, delisted = 0): SourceCounts {
  const states = countBy(sheet.offers, (offer) => offer.state);
  return {
    ...NO_COUNTS,
    offers: sheet.offers.length,
    priced: states["priced"] ?? 0,
    free: states["free"] ?? 0,
    unknown: states["unknown"] ?? 0,
    varies: states["varies"] ?? 0,
    rejected: sheet.rejects.length,
    rejectedBy: countBy(sheet.rejects, (reject) => reject.reason),
    skippedBy: { ...sheet.skipped },
    rounded: sheet.rounded,
    ...(plan === undefined ? {} : countPlan(plan, delisted)),
  };
}

function countPlan(
  { comparison, apply, announce, withdraw, hold, stillHeld, resolve, remembered }: SheetPlan,
  delisted: number,
) {
  const firstPrices = apply.filter(({ before }) => before === undefined).length - comparison.relisted.length;
  return {
    created: firstPrices,
    changed: apply.length - firstPrices,
    announced: announce.length,
    withdrawn: withdraw.length,
    unchanged: comparison.unchanged,
    returned: comparison.returned.length,
    missing: comparison.missing.length,
    stale: comparison.stale.length,
    delisted,
    held: hold.length,
    stillHeld: stillHeld.length,
    resolved: resolve.length,
    remembered,
  };
}

/** One sentence for the event log. */
export function describeApplied(source: string, counts: SourceCounts): string {
  const parts = [
    `${counts.created} new`,
    `${counts.changed} changed`,
    `${counts.unchanged} unchanged`,
    `${counts.missing} missing`,
    ...(counts.stale > 0 ? [`${counts.stale} stale`] : []),
    `${counts.held + counts.stillHeld} held`,
    `${counts.rejected} rejected`,
  ];
  return `${source}: ${counts.offers} offers, ${parts.join(", ")}`;
}
