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
  cache_read_image: "cacheReadBound",
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
  const shapes = new Map<Meter, { under: Meter; allowed: Range; what: string }>(
    SHAPES.map(([over, under, name]) => [
      over,
      { under, allowed: range(rules[name]), what: `the ${wordsOf(under)} price` },
    ]),
  );
  const tier = range(rules.tierOverBase);
  const discounted = range(rules.discountedOverDefault);
  const priority = range(rules.priorityOverDefault);

  return {
    check: ({ model, variant, charges, lines }, base) => {
      const kind = boundOfKind(model);
      return charges.flatMap((charge) => {
        const amount = lines.get(chargeKey(charge));
        if (amount === undefined) return [];
        return [
          checkBound(variant, charge, amount),
          checkKind(kind, charge, amount),
          checkShape(charge, amount, lines),
          checkTier(charge, amount, lines),
          checkVariant(variant, charge, amount, base),
        ].filter((finding) => finding !== undefined);
      });
    },
  };

  function checkBound(variant: string, charge: Charge, amount: Scaled): Finding | undefined {
    const bounds = token.get(charge.meter);
    const isRaised = charge.tier !== undefined || variant === "priority";
    const most = charge.unit === "token" ? (isRaised ? bounds?.raised : bounds?.base) : other[charge.unit];
    if (most !== undefined && amount > most.most) return outOfBounds(charge, `above the bound of ${most.shown}`);
    const isText = charge.unit === "token" && (charge.meter === "input" || charge.meter === "output");
    return isText && amount < least.most ? outOfBounds(charge, `below the least of ${least.shown}`) : undefined;
  }

  /** What is dear for a model of its size, or for one that only embeds, though others may cost as much. */
  function checkKind(kind: Bound | undefined, charge: Charge, amount: Scaled): Finding | undefined {
    const key = chargeKey(charge);
    if (kind === undefined || (key !== "input/token" && key !== "output/token")) return undefined;
    if (amount <= kind.most || amount > (token.get(charge.meter)?.base.most ?? amount)) return undefined;
    return outOfBounds(charge, `above the bound of ${kind.shown}`);
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

  function checkShape(charge: Charge, amount: Scaled, lines: Lines): Finding | undefined {
    const shape = charge.unit === "token" && charge.tier === undefined ? shapes.get(charge.meter) : undefined;
    if (shape === undefined) return undefined;
    const against = chargeKey({ ...charge, meter: shape.under });
    return compare(charge, amount, lines.get(against), shape.allowed, [shape.what, against]);
  }

  function checkTier(charge: Charge, amount: Scaled, lines: Lines): Finding | undefined {
    if (charge.tier === undefined) return undefined;
    const { tier: _, ...base } = charge;
    const against = chargeKey(base);
    return compare(charge, amount, lines.get(against), tier, ["the price below the tier", against]);
  }

  function checkVariant(variant: string, charge: Charge, amount: Scaled, base: Lines | undefined): Finding | undefined {
    const allowed = DISCOUNTED_VARIANTS.has(variant) ? discounted : variant === "priority" ? priority : undefined;
    if (allowed === undefined) return undefined;
    return compare(charge, amount, base?.get(chargeKey(charge)), allowed, ["the default variant's price"]);
  }
}

/** `what` the charge is compared with: in words, and the line of the same sheet if it is one. */
function compare(
  charge: Charge,
  amount: Scaled,
  against: Scaled | undefined,
  [low, high]: Range,
  [what, ...line]: readonly [string, string?],
): Finding | undefined {
  if (against === undefined || (!isAbove(amount, against, high) && !isBelow(amount, against, low))) return undefined;
  const times = `${showRatio(distance(amount, against))} times ${amount > against ? "" : "less than "}`;
  return {
    reason: "SHAPE",
    words: `${show(charge)} is ${times}${what}`,
    lines: [chargeKey(charge), ...line.filter((key) => key !== undefined)],
  };
}

function outOfBounds(charge: Charge, how: string): Finding {
  return { reason: "BOUND", words: `${show(charge)} is ${how}`, lines: [chargeKey(charge)] };
}

function bound(usd: Decimal, shown: string): Bound {
  return { most: scaleAmount(usd), shown };
}

/** `input above 200000 $3 per 1M tokens`. */
export function show(charge: Charge): string {
  const { amount, per } = displayCharge(charge);
  const tier = charge.tier === undefined ? "" : ` above ${charge.tier.above}`;
  return `${wordsOf(charge.meter)}${tier} $${amount} per ${per}`;
}

function wordsOf(meter: Meter): string {
  return meter.replaceAll("_", " ");
}
