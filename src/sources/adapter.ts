import type { Meter, Tier, Unit } from "#/price/charge.ts";
import type { PriceSheet } from "#/price/offer.ts";

/** The formats Ratebook reads. Listed with their adapters in `kinds.ts`. */
export type SourceKind = "openrouter" | "litellm" | "models-dev";

/** One field of a payload that is an amount: USD per `usdPer` units. A field that is not declared is refused, never guessed. */
export type UnitDeclaration = Readonly<{
  field: string;
  meter: Meter;
  unit: Unit;
  usdPer: 1 | 1000 | 1_000_000;
  tier?: Tier;
  variant?: string;
}>;

/** Why a whole document is not taken. `message` is in words for an operator. */
export type ParseProblem = Readonly<{ code: "not_json" | "truncated" | "wrong_root" | "empty"; message: string }>;

export type ParseOutcome = Readonly<{ ok: true; sheet: PriceSheet }> | Readonly<{ ok: false; problem: ParseProblem }>;

/** One source format: where it is, what its fields mean, and the pure step from a payload to offers and rejects. */
export type SourceAdapter = Readonly<{
  kind: SourceKind;
  title: string;
  defaultUrl: string;
  /** Raised when the parser's meaning changes, so that a stored payload is read anew. */
  version: number;
  units: readonly UnitDeclaration[];
  /** In words: when a 0 is free, and when it is unknown. */
  zeroRule: string;
  /** Never throws, whatever the text. */
  parse: (text: string) => ParseOutcome;
}>;
