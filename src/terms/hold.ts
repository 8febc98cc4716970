/** Why a price is held, the weightier first: the first one that applies names the card. */
export const HOLD_REASONS = [
  "BAD_FIELD",
  "VANISH",
  "BOUND",
  "TO_ZERO",
  "TO_UNKNOWN",
  "JUMP",
  "SHAPE",
  "PEER_SAME",
  "MAKER_DIFF",
  "PEER_FAR",
  "REVERTED",
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

export const HOLD_STATES = ["open", "approved", "rejected", "resolved"] as const;
export type HoldState = (typeof HOLD_STATES)[number];
