import { chargeKey, displayCharge, type Charge } from "#/price/charge.ts";
import { usd } from "#/price/charge-words.ts";
import type { Finding } from "#/price/finding.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { isDrawing, isReserved } from "#/price/model-identity.ts";
import { distance, isAbove, isBelow, ratioOf, showRatio, type Ratio, type Scaled } from "#/price/scaled-amount.ts";
import { boundOf, isFaster, kindBoundsOf, prepareBounds, type Bound, type SheetBounds } from "#/price/sheet-bounds.ts";
import { amountOf, type Line, type Lines } from "#/price/sheet-lines.ts";
import type { Meter } from "#/terms/meter.ts";
import { tierOf } from "#/price/variant.ts";

type Range = readonly [least: Ratio, most: Ratio];
/** What a meter is measured by: another one of the same tier and window. */
type Shape = Readonly<{ under: Meter; key: string; allowed: Range; what: string }>;

/** The rules that need nothing but one offer's own charges, prepared once for a whole payload. */
export type SheetRules = Readonly<{
  bounds: SheetBounds;
  shapes: ReadonlyMap<Meter, Shape>;
  tier: Range;
  discounted: Range;
  priority: Range;
}>;

/** `id` as the seller spells it; `model` is its identity without its date. `base` is the default variant's sheet. */
export type CheckedOffer = Readonly<{ id: string; model: string; variant: string; lines: Lines; base?: Lines }>;

/** A meter over another one of the same tier and window. */
const SHAPES = [
  ["output", "input", "outputOverInput"],
  ["cache_read", "input", "cacheReadOverInput"],
  ["cache_write", "input", "cacheWriteOverInput"],
  ["reasoning", "output", "reasoningOverOutput"],
  ["input_audio", "input", "audioOverText"],
  ["output_audio", "output", "audioOverText"],
] as const satisfies readonly (readonly [Meter, Meter, keyof GuardRules])[];

/** Variants that sell the same tokens for less. */
export const DISCOUNTED_TIERS: ReadonlySet<string> = new Set(["batch", "flex"]);

export function prepareSheetRules(rules: GuardRules): SheetRules {
  const shapes = SHAPES.map(([over, under, name]): [Meter, Shape] => {
    const key = chargeKey({ meter: under, unit: "token" });
    return [over, { under, key, allowed: range(rules[name]), what: `the ${wordsOf(under)} price` }];
  });
  return {
    bounds: prepareBounds(rules),
    shapes: new Map(shapes),
    tier: range(rules.tierOverBase),
    discounted: range(rules.discountedOverDefault),
    priority: range(rules.priorityOverDefault),
  };
}

function range([least, most]: readonly [number, number]): Range {
  return [ratioOf(least), ratioOf(most)];
}

/** `BOUND` and `SHAPE`. */
export function checkSheet(rules: SheetRules, { id, model, variant, lines, base }: CheckedOffer): Finding[] {
  const { bounds } = rules;
  // What a model that draws calls its output may be pictures, at a price of their own.
  const isPicture = isDrawing(model);
  const kind = isPicture ? undefined : kindBoundsOf(bounds, model);
  const isByTime = isReserved(id) && lines.every(({ charge }) => charge.unit === "second");
  const found: Finding[] = [];
  const take = (finding: Finding | undefined) => finding !== undefined && found.push(finding);
  for (const line of lines) {
    const { charge } = line;
    take(checkBound(bounds, line, isByTime ? bounds.reserved : boundOf(bounds, variant, charge)));
    take(checkKind(bounds, line, variant, kind?.[charge.meter]));
    if (!isPicture || charge.meter !== "output") take(checkShape(rules, line, lines));
    take(checkTier(rules, line, lines));
    take(checkVariant(rules, line, variant, base));
  }
  return found;
}

function checkBound({ least }: SheetBounds, line: Line, most: Bound | undefined): Finding | undefined {
  const { charge, amount } = line;
  if (most !== undefined && amount > most.amount) return outOfBounds(line, `above the bound of ${most.shown}`);
  const isText = charge.unit === "token" && (charge.meter === "input" || charge.meter === "output");
  return isText && amount < least.amount ? outOfBounds(line, `below the least of ${least.shown}`) : undefined;
}

/** What is dear for a kind of model, and not above the bound that holds for all. */
function checkKind({ token }: SheetBounds, line: Line, variant: string, most: Bound | undefined): Finding | undefined {
  const { charge, amount } = line;
  if (most === undefined || charge.unit !== "token" || charge.tier !== undefined || isFaster(variant)) return undefined;
  if (amount <= most.amount || amount > (token.base[charge.meter]?.amount ?? amount)) return undefined;
  return outOfBounds(line, `above the bound of ${most.shown}`);
}

function checkShape({ shapes }: SheetRules, line: Line, lines: Lines): Finding | undefined {
  const { charge } = line;
  const shape = charge.unit === "token" && charge.tier === undefined ? shapes.get(charge.meter) : undefined;
  if (shape === undefined) return undefined;
  const { unit, window } = charge;
  const against = window === undefined ? shape.key : chargeKey({ meter: shape.under, unit, window });
  return compare(line, amountOf(lines, against), shape.allowed, shape.what, against);
}

function checkTier({ tier }: SheetRules, line: Line, lines: Lines): Finding | undefined {
  if (line.charge.tier === undefined) return undefined;
  const { tier: _, ...base } = line.charge;
  const against = chargeKey(base);
  return compare(line, amountOf(lines, against), tier, "the price below the tier", against);
}

function checkVariant(
  { discounted, priority }: SheetRules,
  line: Line,
  variant: string,
  base: Lines | undefined,
): Finding | undefined {
  const tier = tierOf(variant);
  const allowed = DISCOUNTED_TIERS.has(tier) ? discounted : tier === "priority" ? priority : undefined;
  if (allowed === undefined || base === undefined) return undefined;
  return compare(line, amountOf(base, line.key), allowed, "the default variant's price");
}

/** `what` the line is compared with: in words, and by its key if it is another line of the same sheet. */
function compare(
  { key, charge, amount }: Line,
  against: Scaled | undefined,
  [low, high]: Range,
  what: string,
  other?: string,
): Finding | undefined {
  if (against === undefined || (!isAbove(amount, against, high) && !isBelow(amount, against, low))) return undefined;
  const times = `${showRatio(distance(amount, against))} times ${amount > against ? "" : "less than "}`;
  return {
    reason: "SHAPE",
    words: `${show(charge)} is ${times}${what}`,
    lines: other === undefined ? [key] : [key, other],
  };
}

function outOfBounds({ key, charge }: Line, how: string): Finding {
  return { reason: "BOUND", words: `${show(charge)} is ${how}`, lines: [key] };
}

/** `input above 200000 $3.00 per 1M tokens`. */
export function show(charge: Charge): string {
  const { amount, per } = displayCharge(charge);
  const tier = charge.tier === undefined ? "" : ` above ${charge.tier.above}`;
  return `${wordsOf(charge.meter)}${tier} ${usd(amount)} per ${per}`;
}

function wordsOf(meter: Meter): string {
  return meter.replaceAll("_", " ");
}
