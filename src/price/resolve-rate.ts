import { sortCharges, type Charge } from "#/price/charge.ts";
import { compareDecimals, decimal, multiply, type Decimal } from "#/price/decimal.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import type { Ask } from "#/price/offer.ts";
import type { Meter } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

/** What one source asks. Several listings of one source may mean the same (seller, model, variant). */
export type SourceAsk = Ask & Readonly<{ source: string }>;

/** A price set by hand: for one meter, or, with `meter` null, for the whole offer. */
export type PinnedAsk = Ask & Readonly<{ meter: Meter | null }>;

/** Charges of one origin; `isFilled` marks meters that the sheet in force lacks and another source's agreeing sheet has. */
export type RatePart<From> = Readonly<{ from: From; charges: readonly Charge[]; isFilled: boolean }>;

/** The price in force: each meter's charges come from one origin. The part that names no filled meter comes first. */
export type ResolvedRate<From> = Readonly<{
  state: OfferState;
  charges: readonly Charge[];
  parts: readonly RatePart<From>[];
}>;

const AGREED = decimal(String(1 + GUARD_DEFAULTS.agreeShare));

/**
 * The price in force for one (seller, model, variant), in USD per one unit. `asks` stand in the order of rank, a source's own
 * listings in the order of their spellings; nothing is chosen for being cheap.
 *
 * 1. A pinned meter counts above everything, and a pin of the whole offer answers for all other meters alone.
 * 2. Else the whole sheet of the first source that has a price.
 * 3. Meters it lacks are filled, base lines only, from the next sources whose sheets agree on every base line both have.
 * 4. Without any price it is `varies` when a source says so, else `unknown`.
 */
export function resolveRate<Source extends SourceAsk, Pin extends PinnedAsk>(
  asks: readonly Source[],
  pins: readonly Pin[],
): ResolvedRate<Source | Pin> {
  const byMeter = pins.filter(({ meter }) => meter !== null);
  const whole = pins.find(({ meter }) => meter === null);
  const below: RatePart<Source | Pin>[] = whole === undefined ? resolveSources(asks) : [wholeOf(whole)];
  const pinned = new Set(byMeter.map(({ meter }) => meter));
  const left = below.flatMap((part) => {
    const charges = part.charges.filter(({ meter }) => !pinned.has(meter));
    return charges.length > 0 ? [{ ...part, charges }] : [];
  });
  const parts = [...left, ...byMeter.map((pin) => wholeOf(pin))];
  const charges = parts.length === 1 ? (parts[0]?.charges ?? []) : sortCharges(parts.flatMap((part) => part.charges));
  return { state: stateOf(charges, asks), charges, parts };
}

function wholeOf<From extends Ask>(from: From): RatePart<From> {
  return { from, charges: from.charges, isFilled: false };
}

function resolveSources<Source extends SourceAsk>(asks: readonly Source[]): RatePart<Source>[] {
  const [first, ...others] = onePerSource(asks.filter(hasPrice));
  if (first === undefined) return [];
  const parts = [wholeOf(first)];
  const taken = new Set(first.charges.map(({ meter }) => meter));
  for (const other of others) {
    const missing = other.charges.filter((charge) => isBase(charge) && !taken.has(charge.meter));
    if (missing.length === 0 || !agree(first, other)) continue;
    parts.push({ from: other, charges: missing, isFilled: true });
    for (const { meter } of missing) taken.add(meter);
  }
  return parts;
}

/** Of several listings of one source the first counts. */
function onePerSource<Source extends SourceAsk>(asks: readonly Source[]): Source[] {
  const seen = new Set<string>();
  return asks.filter(({ source }) => !seen.has(source) && seen.add(source));
}

/** Whether two sheets state the same, within the guard's share, for every base line that both have, and share at least one. */
function agree(first: Ask, other: Ask): boolean {
  const stated = new Map(first.charges.filter(isBase).map((charge) => [lineOf(charge), charge.amount]));
  const shared = other.charges.flatMap((charge) => {
    const amount = isBase(charge) ? stated.get(lineOf(charge)) : undefined;
    return amount === undefined ? [] : [isClose(amount, charge.amount)];
  });
  return shared.length > 0 && shared.every(Boolean);
}

function isClose(a: Decimal, b: Decimal): boolean {
  const [least, most] = compareDecimals(a, b) <= 0 ? [a, b] : [b, a];
  return compareDecimals(multiply(least, AGREED), most) >= 0;
}

function isBase({ tier, window }: Charge): boolean {
  return tier === undefined && window === undefined;
}

function lineOf({ meter, unit }: Charge): string {
  return `${meter}/${unit}`;
}

function hasPrice({ state }: Ask): boolean {
  return state === "priced" || state === "free";
}

function stateOf(charges: readonly Charge[], asks: readonly Ask[]): OfferState {
  if (charges.some(({ amount }) => amount !== "0")) return "priced";
  if (charges.length > 0) return "free";
  return asks.some(({ state }) => state === "varies") ? "varies" : "unknown";
}
