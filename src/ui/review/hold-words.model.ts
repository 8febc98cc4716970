import type { HoldReason } from "#/terms/hold.ts";

/** What a reason means, as the title of a card. */
export const REASON_WORDS: Readonly<Record<HoldReason, string>> = {
  BAD_FIELD: "A field can't be read",
  VANISH: "The payload has lost too many models",
  BOUND: "Out of bounds",
  TO_ZERO: "Had a price, now free",
  TO_UNKNOWN: "Had a price, now none",
  JUMP: "A jump against the last good price",
  SHAPE: "Its meters don't fit each other",
  PEER_SAME: "The same seller asks something else elsewhere",
  MAKER_DIFF: "Not the maker's own price",
  PEER_FAR: "Far from every other seller",
  REVERTED: "Taken back by a revert",
};

export const HOLD_STATES = ["open", "approved", "rejected", "resolved"] as const;
export type HoldStateName = (typeof HOLD_STATES)[number];

/** What the address of the page says. */
export type ReviewFilters = Readonly<{ search: string; state: HoldStateName; reason: HoldReason | undefined }>;

export function readReviewFilters(query: Pick<URLSearchParams, "get">): ReviewFilters {
  const state = HOLD_STATES.find((one) => one === query.get("state")) ?? "open";
  const reasons = Object.keys(REASON_WORDS) as HoldReason[];
  return { search: query.get("q") ?? "", state, reason: reasons.find((one) => one === query.get("reason")) };
}

/** The address for filters; what is usual is left out. */
export function reviewQuery({ search, state, reason }: ReviewFilters): string {
  const query = new URLSearchParams();
  if (search !== "") query.set("q", search);
  if (state !== "open") query.set("state", state);
  if (reason !== undefined) query.set("reason", reason);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

type Keyed = Readonly<{ jobId: string; source: string; seller: string; reasons: readonly HoldReason[] }>;

/** Holds by the card that a person decides on: one run, source, seller and main reason. In the order they came. */
export function groupIntoCards<Hold extends Keyed>(
  holds: readonly Hold[],
): Readonly<{ key: string; holds: readonly Hold[] }>[] {
  const groups = new Map<string, Hold[]>();
  for (const hold of holds) {
    const key = [hold.jobId, hold.source, hold.seller, hold.reasons[0] ?? ""].join("\u0000");
    groups.set(key, [...(groups.get(key) ?? []), hold]);
  }
  return [...groups].map(([key, group]) => ({ key, holds: group }));
}
