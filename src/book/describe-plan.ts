import { monthlyImpacts } from "#/book/monthly-impact.ts";
import type { Arrival, SheetPlan } from "#/book/plan-sheet.ts";
import type { Db } from "#/platform/database.ts";
import { sumImpacts } from "#/price/cost-impact.ts";
import type { PlannedChange } from "#/terms/source-result.ts";

/** A plan in words and figures, for a dry run and for the page of a run; at most `limit` lines of each, the totals of all. */
export async function describePlan(db: Db, plan: SheetPlan, limit: number) {
  const changes = [...plan.apply, ...plan.announce];
  const impacts = await monthlyImpacts(db, [...changes, ...plan.hold].map(describeCharges));
  return {
    changes: changes.slice(0, limit).map((change, index) => describeArrival(change, impacts[index])),
    changesTotal: changes.length,
    monthlyImpactUsd: sumImpacts(impacts.slice(0, changes.length)),
    holds: plan.hold.slice(0, limit).map((held, index) => ({
      ...describeArrival(held, impacts[changes.length + index]),
      reasons: [...held.verdict.reasons],
      words: held.verdict.findings.map(({ words }) => words),
    })),
    holdsTotal: plan.hold.length,
    notes: plan.comparison.coverageGaps.map(
      ({ seller, before, lost }) =>
        `${seller ?? "the payload"}: ${lost} of ${before} offers are not in this payload; too many at once to believe, they are kept as stale`,
    ),
  };
}

function describeCharges({ offer, before }: Arrival) {
  return { ...offer, before: before?.charges ?? [], after: offer.charges };
}

function describeArrival({ offer, before, effectiveFrom }: Arrival, impact: string | null | undefined): PlannedChange {
  return {
    seller: offer.seller,
    model: offer.model,
    variant: offer.variant,
    before: before === undefined ? null : { state: before.state, charges: [...before.charges] },
    after: { state: offer.state, charges: [...offer.charges] },
    effectiveFrom,
    monthlyImpactUsd: impact ?? null,
  };
}
