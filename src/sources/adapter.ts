import type { Tier } from "#/price/charge.ts";
import type { PriceSheet } from "#/price/offer.ts";
import type { Meter, Unit } from "#/terms/meter.ts";

/** The formats Ratebook reads. Their adapters stand in `kinds.ts`. */
export const SOURCE_KINDS = [
  "openrouter",
  "litellm",
  "models-dev",
  "genai-prices",
  "deepinfra",
  "novita",
  "nearai",
  "chutes",
  "huggingface",
  "vercel",
  "cerebras",
  "parasail",
  "venice",
  "requesty",
  "portkey",
  "together",
  "fireworks",
  "alibaba",
  "xai",
  "nebius",
] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** One field of a payload that is an amount: USD per `usdPer` units. A field that is not declared is refused, never guessed. */
export type UnitDeclaration = Readonly<{
  field: string;
  meter: Meter;
  unit: Unit;
  /** The field's number is USD for so many units … */
  usdPer: 1 | 1000 | 1_000_000;
  /** … or this power of ten of a USD: -2 for cents, -4 for integers of 1/10,000 USD. */
  usdExponent?: -2 | -4;
  tier?: Tier;
  variant?: string;
}>;

/** Why a whole document is not taken. `message` is in words for an operator. */
export type ParseProblem = Readonly<{
  code: "not_json" | "truncated" | "wrong_root" | "empty" | "no_prices";
  message: string;
}>;

export type ParseOutcome = Readonly<{ ok: true; sheet: PriceSheet }> | Readonly<{ ok: false; problem: ParseProblem }>;

/** When the payload was seen: an ISO 8601 instant in UTC. Decides which dated price is the present one. */
export type ParseContext = Readonly<{
  observedAt: string;
  /** What the kind's own options are set to. */
  options?: Readonly<Record<string, unknown>>;
}>;

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
  /** The list asks for a key; the source's row names the environment variable that holds it. */
  needsKey?: true;
  /** The kind's own options by their names, and what each does, in words. */
  options?: Readonly<Record<string, string>>;
  /**
   * Further documents that belong to the payload, by their addresses on the list's own origin. The payload is then a JSON
   * list of the list itself and those documents; one that answers 404 is left out.
   */
  furtherUrls?: (list: string, url: string, options: Readonly<Record<string, unknown>>) => readonly string[];
  /** A list in pages: the address of the next one, absent after the last. The payload is then a JSON list of the pages. */
  nextPage?: (page: string, url: string) => string | undefined;
  /** Never throws, whatever the text. */
  parse: (text: string, context: ParseContext) => ParseOutcome;
}>;
