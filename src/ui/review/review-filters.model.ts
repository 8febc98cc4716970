import { HOLD_REASONS, HOLD_STATES, type HoldReason, type HoldState } from "#/terms/hold.ts";
import type { Inputs } from "#/ui/trpc.tsx";

/** Factors that the list can be narrowed to. */
export const FACTORS = [2, 10, 100, 1_000] as const;

/** What the list of holds is narrowed to, as the address has it. */
export type ReviewFilters = Readonly<{
  search: string;
  state: HoldState;
  reason: HoldReason | undefined;
  overFactor: (typeof FACTORS)[number] | undefined;
}>;

type Address = Readonly<{ get: (name: string) => string | null }>;

/** What the address says; a text that means nothing counts as not there. */
export function readReviewFilters(query: Address): ReviewFilters {
  return {
    search: (query.get("q") ?? "").slice(0, 200),
    state: HOLD_STATES.find((known) => known === query.get("state")) ?? "open",
    reason: HOLD_REASONS.find((known) => known === query.get("reason")),
    overFactor: FACTORS.find((known) => String(known) === query.get("over")),
  };
}

/** The hold that the address names. */
export function readHoldId(query: Address): string | undefined {
  const id = query.get("hold");
  return id !== null && /^\d{1,18}$/.test(id) ? id : undefined;
}

export type HoldFilter = NonNullable<Inputs["review"]["list"]["filter"]>;

/** As the API takes it. */
export function holdFilterOf({ search, state, reason, overFactor }: ReviewFilters): HoldFilter {
  return {
    state,
    ...(search === "" ? {} : { search }),
    ...(reason === undefined ? {} : { reason }),
    ...(overFactor === undefined ? {} : { overFactor }),
  };
}

/** Whether anything but the state narrows the list. */
export function isNarrowed(filters: ReviewFilters): boolean {
  return Object.keys(holdFilterOf(filters)).length > 1;
}
