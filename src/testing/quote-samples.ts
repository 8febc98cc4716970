import { createRandom } from "#/market/random.ts";
import type { Charge, Tier, Window } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import type { QuotableRate } from "#/price/quote.ts";
import type { Usage } from "#/price/usage-keys.ts";
import type { Meter } from "#/terms/meter.ts";

const TOKENS = ["input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning", "input_audio"] as const;
const TIERS: readonly Tier[] = [{ above: 128_000 }, { above: 200_000 }];
const WINDOWS: readonly Window[] = [
  { from: "16:30", to: "00:30" },
  { from: "01:00", to: "09:00" },
];

/** Rates and usages are worked out from a seed, so that a failure can be seen again. */
type Kind = Readonly<{
  /** Without tiers. */
  isFlat?: boolean;
  /** No tier is cheaper than what is below it. */
  isRising?: boolean;
}>;

/** A rate of some meters, with tiers and windows. */
export function generatedRate(seed: number, kind: Kind = {}): QuotableRate {
  const next = numbersFrom(seed);
  const meters = TOKENS.filter((meter) => meter === "input" || next(10) > 3);
  const charges = meters.flatMap((meter) => chargesOf(meter, next, kind));
  if (next(3) === 0) charges.push({ meter: "request", unit: "request", amount: decimal(`0.0${next(100)}`) });
  const discounted = next(5) === 0 && kind.isRising !== true;
  return {
    seller: "acme",
    model: `acme-${seed}`,
    variant: "default",
    state: "priced",
    charges,
    ...(discounted
      ? { discount: { listCharges: meters.flatMap((meter) => chargesOf(meter, next, kind)), endsAt: instantOf(seed) } }
      : {}),
  };
}

function chargesOf(meter: Meter, next: Next, { isFlat, isRising }: Kind): Charge[] {
  const base = next(5_000);
  const charges: Charge[] = [priceOf(meter, base)];
  const tiers = isFlat === true ? [] : TIERS.filter(() => next(3) === 0);
  for (const [index, tier] of tiers.entries())
    charges.push(priceOf(meter, isRising === true ? base * (index + 2) : next(9_000), { tier }));
  const window = next(3) === 0 ? WINDOWS[next(2)] : undefined;
  // In a rising sheet a window changes the price of every line alike.
  if (window !== undefined && isRising === true) {
    const asked = charges.map(({ tier }) => (tier ? { tier, window } : { window }));
    return [...charges, ...asked.map((when) => priceOf(meter, "tier" in when ? 45_000 : 5_000, when))];
  }
  if (window !== undefined) charges.push(priceOf(meter, next(9_000), { window }));
  return charges;
}

/** In thousandths of a USD per million. */
function priceOf(meter: Meter, thousandths: number, more: Partial<Charge> = {}): Charge {
  return { meter, unit: "token", amount: decimal(`${thousandths}e-9`), ...more };
}

/** The most units of some meters that a request may use. */
export function generatedCap(seed: number): Usage {
  const next = numbersFrom(seed);
  return Object.fromEntries(TOKENS.flatMap((meter) => (next(2) === 0 ? [[meter, next(150_000)]] : [])));
}

/** A usage of which no meter is above the cap's. */
export function usageWithin(cap: Usage, seed: number): Usage {
  const next = numbersFrom(seed);
  return Object.fromEntries(
    Object.entries(cap).map(([key, most]) => [key, next(4) === 0 ? most : next(Number(most) + 1)]),
  );
}

/** Some minute of August 2026. */
export function instantOf(seed: number): string {
  return new Date(Date.UTC(2026, 7, 1) + numbersFrom(seed)(31 * 24 * 60) * 60_000).toISOString();
}

type Next = (below: number) => number;

function numbersFrom(seed: number): Next {
  const random = createRandom(seed);
  return (below) => random.integer(0, below - 1);
}
