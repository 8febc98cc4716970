import { findBaseAmount, type Charge } from "#/price/charge.ts";
import { add, multiply, subtract, type Decimal, decimal } from "#/price/decimal.ts";
import type { Meter, Unit } from "#/terms/meter.ts";

/** Units of one meter that are used in a month. */
export type MeterUsage = Readonly<{ meter: Meter; unitsPerMonth: Decimal }>;

/**
 * What a change of charges comes to, in USD a month: usage times the difference of the base amounts (no tier, no window).
 * A meter that lacks a price on either side does not count. `undefined` when no usage meets a price.
 */
export function costImpact(
  usage: readonly MeterUsage[],
  before: readonly Charge[],
  after: readonly Charge[],
): Decimal | undefined {
  let sum: Decimal | undefined;
  for (const { meter, unitsPerMonth } of usage) {
    const unit = unitOf(meter, after);
    const old = unit && findBaseAmount(before, meter, unit);
    const next = unit && findBaseAmount(after, meter, unit);
    if (old === undefined || next === undefined) continue;
    sum = add(sum ?? decimal("0"), multiply(unitsPerMonth, subtract(next, old)));
  }
  return sum;
}

/** What changes come to together, in USD a month; null when none of them meets a usage. */
export function sumImpacts(impacts: readonly (string | null)[]): string | null {
  const known = impacts.flatMap((impact) => (impact === null ? [] : [decimal(impact)]));
  return known.length === 0 ? null : known.reduce(add);
}

function unitOf(meter: Meter, charges: readonly Charge[]): Unit | undefined {
  return charges.find((charge) => charge.meter === meter)?.unit;
}
