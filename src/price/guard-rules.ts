import { z } from "zod";
import { VANISH_DEFAULTS } from "#/price/compare-sheets.ts";

/**
 * The guard's thresholds. Bounds are USD per 1,000,000 tokens, or per one unit where the name says so; the rest are ratios.
 * Each has limits of its own, so that the guard can be tuned for a source and never be switched off.
 */
export const guardRules = z.strictObject({
  inputBound: z.number().min(1).max(1_000),
  outputBound: z.number().min(1).max(4_000),
  cacheReadBound: z.number().min(1).max(400),
  cacheWriteBound: z.number().min(1).max(1_200),
  audioBound: z.number().min(1).max(8_000),
  /** For tiers and for priority: times the bound. */
  tierFactor: z.number().min(1).max(10),
  /** For a model whose name states its size: so much, and so much more per billion parameters. */
  sizeBound: z.tuple([z.number().min(0.5).max(50), z.number().min(0.005).max(1)]),
  /** Input and output of a model of the small kind (`mini`, `flash`). */
  smallBound: z.tuple([z.number().min(1).max(100), z.number().min(2).max(400)]),
  embeddingBound: z.number().min(0.5).max(50),
  leastPrice: z.number().min(0.000_001).max(0.1),
  imageBoundUsd: z.number().min(0.1).max(100),
  /** Of video that is made; … */
  secondBoundUsd: z.number().min(0.01).max(20),
  /** … of what is listened to or watched as input, and … */
  heardSecondBoundUsd: z.number().min(0.000_1).max(2),
  /** … of a model that is billed by the time it listens. */
  inputSecondBoundUsd: z.number().min(0.001).max(5),
  /** Of capacity that is reserved by the month. */
  reservedSecondBoundUsd: z.number().min(0.01).max(20),
  pageBoundUsd: z.number().min(0.01).max(20),
  callBoundUsd: z.number().min(0.1).max(100),
  searchBoundUsd: z.number().min(0.01).max(20),
  /** USD per 1,000,000 pixels. */
  pixelBound: z.number().min(0.1).max(1_000),
  characterBound: z.number().min(10).max(10_000),

  outputOverInput: z.tuple([z.number().min(0.01).max(1), z.number().min(5).max(1_000)]),
  cacheReadOverInput: z.tuple([z.number().min(0.000_1).max(0.1), z.number().min(1).max(10)]),
  cacheWriteOverInput: z.tuple([z.number().min(0.000_1).max(0.5), z.number().min(1).max(20)]),
  reasoningOverOutput: z.tuple([z.number().min(0.001).max(1), z.number().min(2).max(1_000)]),
  audioOverText: z.tuple([z.number().min(0.001).max(1), z.number().min(10).max(10_000)]),
  tierOverBase: z.tuple([z.number().min(0.001).max(1), z.number().min(3).max(1_000)]),
  discountedOverDefault: z.tuple([z.number().min(0.001).max(0.5), z.number().min(1).max(10)]),
  priorityOverDefault: z.tuple([z.number().min(0.01).max(1), z.number().min(2).max(100)]),

  jumpUp: z.number().min(1.5).max(50),
  jumpDown: z.number().min(1.5).max(100),
  peerFar: z.number().min(2).max(100),
  peerSame: z.number().min(1.5).max(50),
  /** The same seller's other spelling of a model. */
  peerSibling: z.number().min(1.5).max(50),
  makerDiff: z.number().min(1.05).max(20),
  /** Two prices agree when they are within this share of each other. */
  agreeShare: z.number().min(0.001).max(0.2),
  /** So many other sellers, from other sources, have to agree. */
  agreeSellers: z.int().min(2).max(10),

  vanish: z.strictObject({
    sellerShare: z.number().min(0.01).max(0.9),
    sellerLeast: z.int().min(1).max(1_000),
    payloadShare: z.number().min(0.005).max(0.5),
    payloadLeast: z.int().min(1).max(1_000),
    payloadMany: z.int().min(1).max(10_000),
    releaseAfterHours: z.number().min(0).max(1_000),
    releaseAfterPayloads: z.int().min(1).max(100),
  }),
});
export type GuardRules = z.infer<typeof guardRules>;

/** Chosen from a replay of 640 versions of LiteLLM's map, 22 days of OpenRouter and 73 of Chutes. */
export const GUARD_DEFAULTS: GuardRules = {
  inputBound: 50,
  outputBound: 200,
  cacheReadBound: 20,
  cacheWriteBound: 60,
  audioBound: 400,
  tierFactor: 4,
  sizeBound: [2.5, 0.05],
  smallBound: [5, 30],
  embeddingBound: 2,
  leastPrice: 0.001,
  imageBoundUsd: 1,
  secondBoundUsd: 2,
  heardSecondBoundUsd: 0.01,
  inputSecondBoundUsd: 0.003,
  reservedSecondBoundUsd: 0.2,
  pageBoundUsd: 0.1,
  callBoundUsd: 0.5,
  searchBoundUsd: 0.15,
  pixelBound: 0.8,
  characterBound: 500,
  outputOverInput: [0.9, 20],
  cacheReadOverInput: [0.005, 1],
  cacheWriteOverInput: [0.04, 2.1],
  reasoningOverOutput: [0.2, 15],
  audioOverText: [0.3, 120],
  tierOverBase: [0.5, 15],
  discountedOverDefault: [0.1, 1.05],
  priorityOverDefault: [0.8, 6],
  jumpUp: 5,
  jumpDown: 10,
  peerFar: 10,
  peerSame: 3,
  peerSibling: 5,
  makerDiff: 1.25,
  agreeShare: 0.05,
  agreeSellers: 2,
  vanish: VANISH_DEFAULTS,
};

/** What a source may set differently: any part of the rules, each within its limits. */
export const guardOverrides = guardRules.partial().extend({ vanish: guardRules.shape.vanish.partial().optional() });

/** The rules that hold for one source. Throws a `ZodError` for overrides that are out of their limits. */
export function mergeGuardRules(overrides: Readonly<Record<string, unknown>>): GuardRules {
  const { vanish, ...rest } = guardOverrides.parse(overrides);
  return guardRules.parse({ ...GUARD_DEFAULTS, ...rest, vanish: { ...GUARD_DEFAULTS.vanish, ...vanish } });
}
