import { meterWords } from "#/price/charge-words.ts";
import type { EffectivePrice, RateEntry } from "#/ui/model/price-answer.ts";

type Origin = Pick<EffectivePrice["charges"][number], "meter" | "source" | "pinnedBy" | "isFilled">;

/** "From litellm; cache read from models-dev; input pinned". Empty where there is no price. */
export function originWords({ charges }: Readonly<{ charges: readonly Origin[] }>): string {
  const main = charges.find(({ pinnedBy, isFilled }) => pinnedBy === null && !isFilled);
  const pinners = [...new Set(charges.flatMap(({ pinnedBy }) => pinnedBy ?? []))];
  if (charges.length === 0) return "";
  if (main === undefined) return `Pinned by ${pinners.join(" and ")}`;
  const filled = grouped(charges.filter(({ isFilled }) => isFilled)).map(
    ([source, meters]) => `${meters} from ${source}`,
  );
  const pinned = grouped(charges.filter(({ pinnedBy }) => pinnedBy !== null)).map(([, meters]) => `${meters} pinned`);
  return [`From ${main.source}`, ...filled, ...pinned].join("; ");
}

function grouped(charges: readonly Origin[]): [string, string][] {
  const meters = new Map<string, Set<string>>();
  for (const { source, meter } of charges)
    meters.set(source, (meters.get(source) ?? new Set()).add(meterWords(meter).toLowerCase()));
  return [...meters].map(([source, names]) => [source, [...names].join(" and ")]);
}

/** Why there is no amount. An unknown price is never counted as 0. */
export function noPriceWords({ state, cause }: Pick<EffectivePrice, "state" | "cause">): string {
  if (cause === "delist") return "Delisted: no source lists this price any more";
  if (state === "varies") return "Varies: the price is not one number";
  return state === "free" ? "Free" : "Unknown: no source states a price";
}

/** What brought a price. */
export const CAUSE_WORDS = {
  sync: "sync",
  approve: "held, then approved",
  revert: "reverted",
  pin: "pinned",
  unpin: "pin cleared",
  delist: "delisted",
  expire: "pin expired",
  due: "announced",
  rank: "rank changed",
  spelling: "seller's spelling",
  backfill: "archive",
} as const satisfies Record<RateEntry["cause"], string>;
