import type { Charge } from "#/price/charge.ts";
import { usd } from "#/price/charge-words.ts";
import { decimal, roundPlaces, shiftPoint, type Decimal } from "#/price/decimal.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { findParameters, isEmbedding, isSmall } from "#/price/model-identity.ts";
import { scaleAmount, type Scaled } from "#/price/scaled-amount.ts";
import type { Meter, Unit } from "#/terms/meter.ts";
import { conditionOf, tierOf } from "#/price/variant.ts";

/** An amount with the words that name it. */
export type Bound = Readonly<{ amount: Scaled; shown: string }>;
type MeterBounds = Partial<Record<Meter, Bound>>;

/** What an amount may be at most, by what is sold; and at least, for text. Prepared once for a whole payload. */
export type SheetBounds = Readonly<{
  token: Readonly<{ base: MeterBounds; raised: MeterBounds }>;
  second: MeterBounds;
  /** Per second of capacity that is reserved by the month. */
  reserved: Bound;
  /** Per unit other than a token. */
  unit: Partial<Record<Unit, Bound>>;
  least: Bound;
  embedding: MeterBounds;
  small: MeterBounds;
  /** For a model of so many billion parameters. */
  ofSize: (billions: number) => MeterBounds;
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

export function prepareBounds(rules: GuardRules): SheetBounds {
  return {
    token: { base: tokenBounds(rules, 1), raised: tokenBounds(rules, rules.tierFactor) },
    second: {
      input: perUnit(rules.inputSecondBoundUsd, "second"),
      input_audio: perUnit(rules.heardSecondBoundUsd, "second"),
      input_video: perUnit(rules.heardSecondBoundUsd, "second"),
    },
    reserved: perUnit(rules.reservedSecondBoundUsd, "second"),
    unit: unitBounds(rules),
    least: perMillion(rules.leastPrice, "tokens"),
    embedding: kindBounds(rules.embeddingBound, rules.embeddingBound, "embeddings"),
    small: kindBounds(rules.smallBound[0], rules.smallBound[1], "a small model"),
    ofSize: rememberSizes(rules),
  };
}

/** The bound of one line of a sheet; absent where none is set. */
export function boundOf(bounds: SheetBounds, variant: string, { meter, unit, tier }: Charge): Bound | undefined {
  if (unit === "second") return bounds.second[meter] ?? bounds.unit.second;
  if (unit !== "token") return bounds.unit[unit];
  return (tier !== undefined || isFaster(variant) ? bounds.token.raised : bounds.token.base)[meter];
}

/** Whether a variant is dearer because it is served sooner: the priority tier, or a speed of its own. */
export function isFaster(variant: string): boolean {
  return tierOf(variant) === "priority" || conditionOf(variant, "speed") !== undefined;
}

/** What is dear for a model of its size, or for one that only embeds, though others may cost as much. */
export function kindBoundsOf(bounds: SheetBounds, model: string): MeterBounds | undefined {
  if (isEmbedding(model)) return bounds.embedding;
  if (isSmall(model)) return bounds.small;
  const billions = findParameters(model);
  return billions === undefined ? undefined : bounds.ofSize(billions);
}

function tokenBounds(rules: GuardRules, factor: number): MeterBounds {
  return Object.fromEntries(
    Object.entries(PER_TOKEN_BOUND).map(([meter, name]) => [meter, perMillion(rules[name] * factor, "tokens")]),
  );
}

function unitBounds(rules: GuardRules): Partial<Record<Unit, Bound>> {
  return {
    image: perUnit(rules.imageBoundUsd, "image"),
    second: perUnit(rules.secondBoundUsd, "second"),
    page: perUnit(rules.pageBoundUsd, "page"),
    credit: perUnit(rules.pageBoundUsd, "credit"),
    request: perUnit(rules.callBoundUsd, "request"),
    search: perUnit(rules.searchBoundUsd, "search"),
    call: perUnit(rules.callBoundUsd, "call"),
    session: perUnit(rules.callBoundUsd, "session"),
    pixel: perMillion(rules.pixelBound, "pixels"),
    character: perMillion(rules.characterBound, "characters"),
  };
}

function kindBounds(input: number, output: number, kind: string): MeterBounds {
  const named = (most: number) => ({
    ...perMillion(most, "tokens"),
    shown: `${usd(roundPlaces(decimal(String(most)), 2))} per 1M tokens for ${kind}`,
  });
  return { input: named(input), output: named(output) };
}

// Many models of a payload state the same few sizes.
function rememberSizes({ sizeBound: [base, perBillion] }: GuardRules): SheetBounds["ofSize"] {
  const sizes = new Map<number, MeterBounds>();
  return (billions) => {
    const usd = base + perBillion * billions;
    const bounds = sizes.get(billions) ?? kindBounds(usd, usd, `${billions}B parameters`);
    sizes.set(billions, bounds);
    return bounds;
  };
}

function perMillion(most: number, units: string): Bound {
  const amount = decimal(String(most));
  return bound(shiftPoint(amount, -6), `${usd(amount)} per 1M ${units}`);
}

function perUnit(most: number, unit: Unit): Bound {
  const amount = decimal(String(most));
  return bound(amount, `${usd(amount)} per ${unit}`);
}

function bound(amount: Decimal, shown: string): Bound {
  return { amount: scaleAmount(amount), shown };
}
