import { displayCharge, type Charge, type Meter, type Unit } from "#/price/charge.ts";
import { chargeKey } from "#/price/charge.ts";
import { decimal, shiftPoint, type Decimal } from "#/price/decimal.ts";
import type { Finding } from "#/price/finding.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { findParameters, isEmbedding } from "#/price/model-identity.ts";
import type { Lines } from "#/price/peer-index.ts";
import {
  distance,
  isAbove,
  isBelow,
  ratioOf,
  scaleAmount,
  showRatio,
  type Ratio,
  type Scaled,
} from "#/price/scaled-amount.ts";

type Bound = Readonly<{ most: Scaled; shown: string }>;
type Range = readonly [least: Ratio, most: Ratio];

/** `model` is the model's identity without its date. */
type Checked = Readonly<{ model: string; variant: string; charges: readonly Charge[]; lines: Lines }>;

/** The rules that need nothing but one offer's own charges, prepared once for a whole payload. */
export type SheetRules = Readonly<{
  /** `BOUND` and `SHAPE`. `base` are the default variant's charges of the same model. */
  check: (offer: Checked, base?: Lines) => Finding[];
}>;

const PER_TOKEN_BOUND: Partial<
  Record<Meter, "inputBound" | "outputBound" | "cacheReadBound" | "cacheWriteBound" | "audioBound">
> = {
  input: "inputBound",
  input_image: "inputBound",
  input_video: "inputBound",
  output: "outputBound",
  reasoning: "outputBound",
  output_image: "outputBound",
  output_video: "outputBound",
  cache_read: "cacheReadBound",
  cache_read_audio: "cacheReadBound",
  cache_write: "cacheWriteBound",
  cache_write_1h: "cacheWriteBound",
  cache_write_audio: "cacheWriteBound",
  input_audio: "audioBound",
  output_audio: "audioBound",
};

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
export const DISCOUNTED_VARIANTS: ReadonlySet<string> = new Set(["batch", "flex"]);

export function createSheetRules(rules: GuardRules): SheetRules {
  const range = ([least, most]: readonly [number, number]): Range => [ratioOf(least), ratioOf(most)];
  const perMillion = (usd: number): Bound => bound(shiftPoint(decimal(String(usd)), -6), `$${usd} per 1M tokens`);
  const perUnit = (usd: number, unit: Unit): Bound => bound(decimal(String(usd)), `$${usd} per ${unit}`);
  const token = new Map(
    Object.entries(PER_TOKEN_BOUND).map(([meter, name]) => {
      const usd = rules[name];
      return [meter, { base: perMillion(usd), raised: perMillion(usd * rules.tierFactor) }];
    }),
  );
  const other: Partial<Record<Unit, Bound>> = {
    image: perUnit(rules.imageBoundUsd, "image"),
    second: perUnit(rules.secondBoundUsd, "second"),
    page: perUnit(rules.pageBoundUsd, "page"),
    request: perUnit(rules.callBoundUsd, "request"),
    search: perUnit(rules.callBoundUsd, "search"),
    call: perUnit(rules.callBoundUsd, "call"),
    session: perUnit(rules.callBoundUsd, "session"),
    character: bound(
      shiftPoint(decimal(String(rules.characterBound)), -6),
      `$${rules.characterBound} per 1M characters`,
    ),
  };
  const least = bound(shiftPoint(decimal(String(rules.leastPrice)), -6), `$${rules.leastPrice} per 1M tokens`);
  const embedding = {
    ...perMillion(rules.embeddingBound),
    shown: `$${rules.embeddingBound} per 1M tokens for embeddings`,
  };
  const sizes = new Map<number, Bound>();
  const shapes = SHAPES.map(([over, under, name]) => ({ over, under, range: range(rules[name]) }));
  const tier = range(rules.tierOverBase);
  const discounted = range(rules.discountedOverDefault);
  const priority = range(rules.priorityOverDefault);

  return {
    check: ({ model, variant, charges, lines }, base) => [
      ...charges.flatMap((charge) => checkBound(variant, charge, lines)),
      ...checkKind(model, charges, lines),
      ...charges.flatMap((charge) => checkShape(charge, lines)),
      ...charges.flatMap((charge) => checkTier(charge, lines)),
      ...(base === undefined ? [] : charges.flatMap((charge) => checkVariant(variant, charge, lines, base))),
    ],
  };

  function checkBound(variant: string, charge: Charge, lines: Lines): Finding[] {
    const key = chargeKey(charge);
    const amount = lines.get(key);
    if (amount === undefined) return [];
    const bounds = token.get(charge.meter);
    const isRaised = charge.tier !== undefined || variant === "priority";
    const most = charge.unit === "token" ? (isRaised ? bounds?.raised : bounds?.base) : other[charge.unit];
    if (most !== undefined && amount > most.most)
      return [{ reason: "BOUND", words: `${show(charge)} is above the bound of ${most.shown}`, lines: [key] }];
    const isText = charge.unit === "token" && (charge.meter === "input" || charge.meter === "output");
    if (isText && amount < least.most)
      return [{ reason: "BOUND", words: `${show(charge)} is below the least of ${least.shown}`, lines: [key] }];
    return [];
  }

  /** What is dear for a model of its size, or for one that only embeds, though others may cost as much. */
  function checkKind(model: string, charges: readonly Charge[], lines: Lines): Finding[] {
    const most = boundOfKind(model);
    if (most === undefined) return [];
    return charges.flatMap((charge) => {
      const key = chargeKey(charge);
      const amount = lines.get(key);
      if (amount === undefined || (key !== "input/token" && key !== "output/token")) return [];
      if (amount <= most.most || amount > (token.get(charge.meter)?.base.most ?? amount)) return [];
      return [{ reason: "BOUND", words: `${show(charge)} is above the bound of ${most.shown}`, lines: [key] }];
    });
  }

  function boundOfKind(model: string): Bound | undefined {
    if (isEmbedding(model)) return embedding;
    const billions = findParameters(model);
    if (billions === undefined) return undefined;
    const usd = rules.sizeBound[0] + rules.sizeBound[1] * billions;
    return remembered(billions, () => ({
      ...perMillion(usd),
      shown: `$${usd.toFixed(2)} per 1M tokens for ${billions}B parameters`,
    }));
  }

  function remembered(billions: number, make: () => Bound): Bound {
    const known = sizes.get(billions) ?? make();
    sizes.set(billions, known);
    return known;
  }

  function checkShape(charge: Charge, lines: Lines): Finding[] {
    return shapes.flatMap(({ over, under, range: allowed }) => {
      if (charge.meter !== over || charge.unit !== "token" || charge.tier !== undefined) return [];
      const other: Charge = { ...charge, meter: under };
      return compare(
        charge,
        other,
        lines.get(chargeKey(other)),
        lines,
        allowed,
        `the ${under.replaceAll("_", " ")} price`,
      );
    });
  }

  function checkTier(charge: Charge, lines: Lines): Finding[] {
    if (charge.tier === undefined) return [];
    const { tier: _, ...base } = charge;
    return compare(charge, base, lines.get(chargeKey(base)), lines, tier, "the price below the tier");
  }

  function checkVariant(variant: string, charge: Charge, lines: Lines, base: Lines): Finding[] {
    const allowed = DISCOUNTED_VARIANTS.has(variant) ? discounted : variant === "priority" ? priority : undefined;
    if (allowed === undefined) return [];
    return compare(charge, undefined, base.get(chargeKey(charge)), lines, allowed, "the default variant's price");
  }

  function compare(
    charge: Charge,
    other: Charge | undefined,
    against: Scaled | undefined,
    lines: Lines,
    [low, high]: Range,
    what: string,
  ): Finding[] {
    const key = chargeKey(charge);
    const amount = lines.get(key);
    if (amount === undefined || against === undefined) return [];
    if (!isAbove(amount, against, high) && !isBelow(amount, against, low)) return [];
    const times = showRatio(distance(amount, against));
    const words = `${show(charge)} is ${times} times ${amount > against ? "" : "less than "}${what}`;
    return [{ reason: "SHAPE", words, lines: other === undefined ? [key] : [key, chargeKey(other)] }];
  }
}

function bound(usd: Decimal, shown: string): Bound {
  return { most: scaleAmount(usd), shown };
}

/** `input above 200000 $3 per 1M tokens`. */
export function show(charge: Charge): string {
  const { amount, per } = displayCharge(charge);
  const tier = charge.tier === undefined ? "" : ` above ${charge.tier.above}`;
  return `${charge.meter.replaceAll("_", " ")}${tier} $${amount} per ${per}`;
}
