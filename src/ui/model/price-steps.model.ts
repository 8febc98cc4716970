import type { Charge } from "#/price/charge.ts";
import { displayCharge, findBaseAmount } from "#/price/charge.ts";
import type { Decimal } from "#/price/decimal.ts";
import { usd } from "#/price/charge-words.ts";
import { readCharges } from "#/price/read-charges.ts";
import type { ApiCharge } from "#/ui/price/charge-words.model.ts";
import type { Meter } from "#/terms/meter.ts";

type Entry = Readonly<{ source: string; effectiveAt: string; charges: readonly ApiCharge[] }>;

export type StepSeries = Readonly<{ key: string; source: string; meter: "input" | "output" }>;

/** `positions` only place pixels; what people read is in `labels`, the exact amounts. */
export type StepPoint = Readonly<{
  at: number;
  positions: Readonly<Record<string, number | null>>;
  labels: Readonly<Record<string, string>>;
}>;

export type PriceSteps = Readonly<{
  series: readonly StepSeries[];
  points: readonly StepPoint[];
  ticks: readonly Readonly<{ position: number; label: string }>[];
}>;

const METERS = ["input", "output"] as const satisfies readonly Meter[];
const NOT_KNOWN = "not known";

/**
 * The steps of the price per 1M tokens over time, one series for each source and meter, held until `now`. A time in
 * which the price was not known is a gap, never a 0.
 */
export function priceSteps(entries: readonly Entry[], now: number): PriceSteps {
  const oldestFirst = entries.toSorted((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt));
  const current = new Map<string, Decimal | undefined>();
  const amounts = new Map<number, Decimal>();
  const series = new Map<string, StepSeries>();
  const points = new Map<number, StepPoint>();

  for (const { source, effectiveAt, charges } of oldestFirst) {
    const sheet = readCharges(charges);
    for (const meter of METERS) {
      const key = `${source} ${meter}`;
      const amount = perMillion(sheet, meter);
      if (amount !== undefined) {
        series.set(key, { key, source, meter });
        amounts.set(position(amount), amount);
      }
      current.set(key, amount);
    }
    const at = Date.parse(effectiveAt);
    points.set(at, snapshot(at, current));
  }
  if (points.size > 0) points.set(now, snapshot(now, current));
  return { series: [...series.values()], points: [...points.values()], ticks: chooseTicks(amounts) };
}

function perMillion(charges: readonly Charge[], meter: Meter): Decimal | undefined {
  const amount = findBaseAmount(charges, meter);
  return amount === undefined ? undefined : displayCharge({ amount, unit: "token" }).amount;
}

// A float, and only ever the place of a pixel.
function position(amount: Decimal): number {
  return Number(amount);
}

function snapshot(at: number, current: ReadonlyMap<string, Decimal | undefined>): StepPoint {
  const known = [...current];
  return {
    at,
    positions: Object.fromEntries(known.map(([key, amount]) => [key, amount === undefined ? null : position(amount)])),
    labels: Object.fromEntries(known.map(([key, amount]) => [key, amount === undefined ? NOT_KNOWN : usd(amount)])),
  };
}

const LEAST_SHARE_APART = 0.12;

/** Ticks at prices that really were, far enough apart to be read, and at 0. */
function chooseTicks(amounts: ReadonlyMap<number, Decimal>): PriceSteps["ticks"] {
  const highestFirst = [...amounts].toSorted(([a], [b]) => b - a);
  const highest = highestFirst[0]?.[0] ?? 0;
  const chosen: { position: number; label: string }[] = [];
  for (const [at, amount] of highestFirst) {
    const above = chosen.at(-1)?.position ?? Infinity;
    const isApart = above - at >= highest * LEAST_SHARE_APART && at >= highest * LEAST_SHARE_APART;
    if (isApart) chosen.push({ position: at, label: usd(amount) });
  }
  return [{ position: 0, label: "$0" }, ...chosen.toReversed()];
}
