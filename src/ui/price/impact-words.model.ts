import { sumImpacts } from "#/price/cost-impact.ts";
import { decimal, roundPlaces } from "#/price/decimal.ts";
import { usd } from "#/price/charge-words.ts";

type Impact = Readonly<{ monthlyImpactUsd: string | null }>;

/** "By the recorded usage: $10.00 more a month", all changes together; undefined when no usage is known. */
export function totalImpactWords(impacts: readonly Impact[]): string | undefined {
  const sum = sumImpacts(impacts.map(({ monthlyImpactUsd }) => monthlyImpactUsd));
  return sum === null ? undefined : `By the recorded usage: ${impactWords(sum)}`;
}

/** "$10,000.00 more a month": what a change of price comes to by the recorded usage, to the cent. */
export function impactWords(monthlyImpactUsd: string): string {
  const exact = decimal(monthlyImpactUsd);
  if (exact === "0") return "the same cost a month";
  const isLess = exact.startsWith("-");
  const cents = roundPlaces(isLess ? decimal(exact.slice(1)) : exact, 2);
  return `${cents === "0" ? "under $0.01" : usd(cents)} ${isLess ? "less" : "more"} a month`;
}
