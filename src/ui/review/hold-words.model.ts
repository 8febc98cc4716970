import { changeFactor } from "#/price/change-factor.ts";
import { chargeKey } from "#/price/charge.ts";
import { readCharges } from "#/price/read-charges.ts";
import type { HoldReason } from "#/terms/hold.ts";
import { changeLines, type ChangeLine } from "#/ui/price/price-change.model.ts";
import type { Outputs } from "#/ui/trpc.tsx";

export type Hold = Outputs["review"]["list"]["holds"][number];

/** Why a price is held, in a few words. */
export const REASON_WORDS: Readonly<Record<HoldReason, string>> = {
  BAD_FIELD: "A field can't be read",
  VANISH: "The payload lost too many models",
  BOUND: "Outside the plausible range",
  TO_ZERO: "Had a price and is now free",
  TO_UNKNOWN: "Had a price and now has none",
  JUMP: "Far from the last good price",
  SHAPE: "Its meters do not fit each other",
  PEER_SAME: "The same seller has another price elsewhere",
  MAKER_DIFF: "Not the maker's own price",
  PEER_FAR: "Far from every other seller",
  REVERTED: "Taken back by a revert",
};

export function reasonWords({ reasons: [main] }: Pick<Hold, "reasons">): string {
  return main === undefined ? "Held" : REASON_WORDS[main];
}

type Prices = Pick<Hold, "old" | "new">;

/** All that a held price would change, line by line. */
export function holdLines({ old, new: held }: Prices): ChangeLine[] {
  return changeLines({
    state: held.state,
    charges: held.charges,
    previousState: old?.state ?? null,
    previousCharges: old?.charges ?? null,
  });
}

/** The line that would move most, as short as it can be said, and how many more there are. */
export type MainChange = Readonly<{ what: string; before: string | undefined; after: string; more: number }>;

export function mainChange(hold: Prices): MainChange {
  const lines = holdLines(hold);
  const [worst] = lines.toSorted((a, b) => factorOf(hold, b) - factorOf(hold, a));
  if (worst === undefined) return { what: "State", before: hold.old?.state, after: hold.new.state, more: 0 };
  const before = hold.old === null ? undefined : (worst.before ?? "no price");
  const after = worst.after ?? "no price";
  return { what: worst.what, before, after, more: lines.length - 1 };
}

// A change of state says more than any amount.
function factorOf({ old, new: held }: Prices, { key }: ChangeLine): number {
  if (key === "state") return Number.MAX_VALUE;
  const of = (charges: Hold["new"]["charges"]) => readCharges(charges).filter((charge) => chargeKey(charge) === key);
  return Math.min(changeFactor(of(old?.charges ?? []), of(held.charges)), Number.MAX_SAFE_INTEGER);
}

/** Where to stand after holds have left a list: the next that stays, else the one before; undefined when none stays. */
export function nextHoldId(
  ids: readonly string[],
  gone: ReadonlySet<string>,
  from: string | undefined,
): string | undefined {
  const at = from === undefined ? 0 : Math.max(0, ids.indexOf(from));
  const stays = (id: string) => !gone.has(id);
  return ids.slice(at).find(stays) ?? ids.slice(0, at).findLast(stays);
}

/** Who decided a hold and what: "approved by Ann: list price of today"; undefined while it is open. */
export function decisionWords({
  state,
  decidedBy,
  decision,
}: Pick<Hold, "state" | "decidedBy" | "decision">): string | undefined {
  if (state === "open") return undefined;
  const who = state === "resolved" ? "resolved automatically" : `${state} by ${decidedBy ?? "somebody"}`;
  return decision === null ? who : `${who}: ${decision}`;
}

/** Whether a person has decided it. What the revert of a run recorded never waited for a decision. */
export function canBeTakenBack({ state, reasons }: Pick<Hold, "state" | "reasons">): boolean {
  return (state === "approved" || state === "rejected") && !reasons.includes("REVERTED");
}
