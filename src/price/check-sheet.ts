import { displayCharge, type Charge } from "#/price/charge.ts";
import { chargeKey } from "#/price/charge.ts";
import { decimal, shiftPoint, type Decimal } from "#/price/decimal.ts";
import type { Finding } from "#/price/finding.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { findParameters, isDrawing, isEmbedding, isReserved, isSmall } from "#/price/model-identity.ts";
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
import { amountOf, type Line, type Lines } from "#/price/sheet-lines.ts";
import type { Meter, Unit } from "#/terms/meter.ts";

type Bound = Readonly<{ most: Scaled; shown: string }>;
/** What is dear for a kind of model. */
type KindBound = Partial<Record<Meter, Bound>>;
type Range = readonly [least: Ratio, most: Ratio];

/** `id` as the seller spells it; `model` is its identity without its date. */
type Checked = Readonly<{ id: string; model: string; variant: string; lines: Lines }>;

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
  const seconds: Partial<Record<Meter, Bound>> = {
    input: perUnit(rules.inputSecondBoundUsd, "second"),
    input_audio: perUnit(rules.heardSecondBoundUsd, "second"),
    input_video: perUnit(rules.heardSecondBoundUsd, "second"),
  };
  const reserved = perUnit(rules.reservedSecondBoundUsd, "second");
  const other: Partial<Record<Unit, Bound>> = {
    image: perUnit(rules.imageBoundUsd, "image"),
    second: perUnit(rules.secondBoundUsd, "second"),
    page: perUnit(rules.pageBoundUsd, "page"),
    credit: perUnit(rules.pageBoundUsd, "credit"),
    request: perUnit(rules.callBoundUsd, "request"),
    search: perUnit(rules.searchBoundUsd, "search"),
    call: perUnit(rules.callBoundUsd, "call"),
    session: perUnit(rules.callBoundUsd, "session"),
    pixel: bound(shiftPoint(decimal(String(rules.pixelBound)), -6), `$${rules.pixelBound} per 1M pixels`),
    character: bound(
      shiftPoint(decimal(String(rules.characterBound)), -6),
      `$${rules.characterBound} per 1M characters`,
    ),
  };
  const least = bound(shiftPoint(decimal(String(rules.leastPrice)), -6), `$${rules.leastPrice} per 1M tokens`);
  const ofKind = (input: number, output: number, kind: string): KindBound => {
    const named = (usd: number) => ({ ...perMillion(usd), shown: `$${usd.toFixed(2)} per 1M tokens for ${kind}` });
    return { input: named(input), output: named(output) };
  };
  const embedding = ofKind(rules.embeddingBound, rules.embeddingBound, "embeddings");
  const small = ofKind(rules.smallBound[0], rules.smallBound[1], "a small model");
  const sizes = new Map<number, KindBound>();
  const shapes = new Map<Meter, { under: Meter; key: string; allowed: Range; what: string }>(
    SHAPES.map(([over, under, name]) => {
      const key = chargeKey({ meter: under, unit: "token" });
      return [over, { under, key, allowed: range(rules[name]), what: `the ${wordsOf(under)} price` }];
    }),
  );
  const tier = range(rules.tierOverBase);
  const discounted = range(rules.discountedOverDefault);
  const priority = range(rules.priorityOverDefault);

  return {
    check: ({ id, model, variant, lines }, base) => {
      // What a model that draws calls its output may be pictures, at a price of their own.
      const isPicture = isDrawing(model);
      const kind = isPicture ? undefined : boundOfKind(model);
      const isByTime = isReserved(id) && lines.every(({ charge }) => charge.unit === "second");
      const found: Finding[] = [];
      const take = (finding: Finding | undefined) => finding !== undefined && found.push(finding);
      for (const line of lines) {
        const { charge } = line;
        take(checkBound(line, isByTime ? reserved : boundOf(variant, charge)));
        take(checkKind(variant, kind, line));
        if (!isPicture || charge.meter !== "output") take(checkShape(line, lines));
        take(checkTier(line, lines));
        take(checkVariant(variant, line, base));
      }
      return found;
    },
  };

  function checkBound(line: Line, most: Bound | undefined): Finding | undefined {
    const { charge, amount } = line;
    if (most !== undefined && amount > most.most) return outOfBounds(line, `above the bound of ${most.shown}`);
    const isText = charge.unit === "token" && (charge.meter === "input" || charge.meter === "output");
    return isText && amount < least.most ? outOfBounds(line, `below the least of ${least.shown}`) : undefined;
  }

  function boundOf(variant: string, { meter, unit, tier: above }: Charge): Bound | undefined {
    if (unit === "second") return seconds[meter] ?? other.second;
    if (unit !== "token") return other[unit];
    const bounds = token.get(meter);
    return above !== undefined || variant === "priority" ? bounds?.raised : bounds?.base;
  }

  /** What is dear for a model of its size, or for one that only embeds, though others may cost as much. */
  function checkKind(variant: string, kind: KindBound | undefined, line: Line): Finding | undefined {
    const { charge, amount } = line;
    const most = charge.unit === "token" ? kind?.[charge.meter] : undefined;
    if (most === undefined || charge.tier !== undefined || variant === "priority") return undefined;
    if (amount <= most.most || amount > (token.get(charge.meter)?.base.most ?? amount)) return undefined;
    return outOfBounds(line, `above the bound of ${most.shown}`);
  }

  function boundOfKind(model: string): KindBound | undefined {
    if (isEmbedding(model)) return embedding;
    if (isSmall(model)) return small;
    const billions = findParameters(model);
    if (billions === undefined) return undefined;
    const usd = rules.sizeBound[0] + rules.sizeBound[1] * billions;
    const known = sizes.get(billions) ?? ofKind(usd, usd, `${billions}B parameters`);
    sizes.set(billions, known);
    return known;
  }

  function checkShape(line: Line, lines: Lines): Finding | undefined {
    const { charge } = line;
    const shape = charge.unit === "token" && charge.tier === undefined ? shapes.get(charge.meter) : undefined;
    if (shape === undefined) return undefined;
    const { unit, window } = charge;
    const against = window === undefined ? shape.key : chargeKey({ meter: shape.under, unit, window });
    return compare(line, amountOf(lines, against), shape.allowed, shape.what, against);
  }

  function checkTier(line: Line, lines: Lines): Finding | undefined {
    if (line.charge.tier === undefined) return undefined;
    const { tier: _, ...base } = line.charge;
    const against = chargeKey(base);
    return compare(line, amountOf(lines, against), tier, "the price below the tier", against);
  }

  function checkVariant(variant: string, line: Line, base: Lines | undefined): Finding | undefined {
    const allowed = DISCOUNTED_VARIANTS.has(variant) ? discounted : variant === "priority" ? priority : undefined;
    if (allowed === undefined || base === undefined) return undefined;
    return compare(line, amountOf(base, line.key), allowed, "the default variant's price");
  }
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
