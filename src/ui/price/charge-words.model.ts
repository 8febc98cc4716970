import { displayCharge, type Charge } from "#/price/charge.ts";
import { conditionWords, priceWithUnit, usd } from "#/price/charge-words.ts";
import type { Outputs } from "#/ui/trpc.tsx";
import type { Meter } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

export type ApiCharge = Outputs["prices"]["get"]["offers"][number]["charges"][number];

const STATE_WORDS = { free: "free", unknown: "unknown", varies: "varies" } as const satisfies Record<
  Exclude<OfferState, "priced">,
  string
>;

/** `per`: set when it is not 1M tokens. */
export type ListedPrice = Readonly<{ text: string; per?: string; quiet: boolean; title?: string }>;

/** What a list shows for a meter per 1M tokens. A price that isn't known is never a 0. */
export function listedPrice(state: OfferState, charges: readonly Charge[], meter: Meter): ListedPrice {
  if (state !== "priced" && state !== "free") return { text: STATE_WORDS[state], quiet: true };
  const lines = charges.filter((charge) => charge.meter === meter);
  const perToken = lines.filter(({ unit }) => unit === "token");
  const base = perToken.find(({ tier, window }) => tier === undefined && window === undefined);
  if (base !== undefined) {
    const text = base.amount === "0" ? "free" : usd(displayCharge(base).amount);
    if (perToken.length === 1) return { text, quiet: false };
    const others = perToken
      .filter((line) => line !== base)
      .map((line) => `${usd(displayCharge(line).amount)} ${conditionWords(line)}`);
    return { text: `${text} +`, quiet: false, title: `and ${others.join("; ")}` };
  }
  const [other] = lines;
  if (other !== undefined) {
    const { amount, per } = displayCharge(other);
    const text = amount === "0" ? "free" : usd(amount);
    return {
      text,
      per: `per ${per}`,
      quiet: false,
      title: [priceWithUnit(other), conditionWords(other)].filter(Boolean).join(", "),
    };
  }
  return state === "free" && charges.length === 0
    ? { text: "free", quiet: false }
    : { text: "–", quiet: true, title: "Not charged for on this sheet" };
}
