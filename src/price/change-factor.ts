import { diffCharges, type Charge } from "#/price/charge.ts";
import { ratio } from "#/price/decimal.ts";

/**
 * How large a change of charges is, for sorting alone: the largest factor, up or down, of any line that both have. Infinite when
 * a line goes to 0, comes from 0, or all is gone; 0 for a first price, which has nothing to be compared with.
 */
export function changeFactor(before: readonly Charge[], after: readonly Charge[]): number {
  if (before.length === 0) return 0;
  if (after.length === 0) return Number.POSITIVE_INFINITY;
  const factors = diffCharges(before, after).map((line) => {
    if (line.before === undefined || line.after === undefined) return 1;
    const [up, down] = [ratio(line.after.amount, line.before.amount), ratio(line.before.amount, line.after.amount)];
    return up === undefined || down === undefined ? Number.POSITIVE_INFINITY : Math.max(Number(up), Number(down));
  });
  return Math.max(1, ...factors);
}
