import { sumImpacts } from "#/price/cost-impact.ts";
import { decimal, roundPlaces } from "#/price/decimal.ts";
import { usd } from "#/price/charge-words.ts";

type Impact = Readonly<{ source: string; monthlyImpactUsd: string | null }>;

/**
 * "By the recorded usage: litellm $10.00 more a month, openrouter $9.00 more a month"; undefined when no usage is known.
 * Sources are not added up: two that report the same change of one price would count it twice.
 */
export function impactBySource(impacts: readonly Impact[]): string | undefined {
  const sums = [...Map.groupBy(impacts, ({ source }) => source)].flatMap(([source, ofSource]) => {
    const sum = sumImpacts(ofSource.map(({ monthlyImpactUsd }) => monthlyImpactUsd));
    return sum === null ? [] : [`${source} ${impactWords(sum)}`];
  });
  return sums.length === 0 ? undefined : `By the recorded usage: ${sums.join(", ")}`;
}

/** "$10,000.00 more a month": what a change of price comes to by the recorded usage, to the cent. */
export function impactWords(monthlyImpactUsd: string): string {
  const exact = decimal(monthlyImpactUsd);
  if (exact === "0") return "the same cost a month";
  const isLess = exact.startsWith("-");
  const cents = roundPlaces(isLess ? decimal(exact.slice(1)) : exact, 2);
  return `${cents === "0" ? "under $0.01" : usd(cents)} ${isLess ? "less" : "more"} a month`;
}
