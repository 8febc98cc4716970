import type { Decimal } from "#/price/decimal.ts";
import type { HoldReason } from "#/terms/hold.ts";

/** One thing that is wrong with an offer. `words` are for the person who decides. */
export type Finding = Readonly<{
  reason: HoldReason;
  words: string;
  /** The lines of the sheet that it is about, by `chargeKey`; agreement on all of them speaks for the price. */
  lines: readonly string[];
}>;

/** What another source says about the same model. Amounts are USD per one unit, by `chargeKey`. */
export type PeerEvidence = Readonly<{
  source: string;
  seller: string;
  model: string;
  variant: string;
  isSameSeller: boolean;
  amounts: Readonly<Record<string, Decimal>>;
}>;
