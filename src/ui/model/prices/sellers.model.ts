import { findBaseAmount } from "#/price/charge.ts";
import { compareDecimals } from "#/price/decimal.ts";
import type { OfferKey } from "#/price/offer.ts";
import { readCharges } from "#/price/read-charges.ts";
import type { EffectivePrice } from "#/ui/model/price-answer.ts";

type Rate = Pick<EffectivePrice, "seller" | "variant" | "charges">;

/** The other sellers and variants of a model, by what they ask for input, the least first; those without such a price last. */
export function otherSellers<One extends Rate>(rates: readonly One[], current: Omit<OfferKey, "model">): One[] {
  return rates
    .filter(({ seller, variant }) => seller !== current.seller || variant !== current.variant)
    .map((rate) => ({ rate, input: findBaseAmount(readCharges(rate.charges), "input") }))
    .toSorted((a, b) => {
      if (a.input === undefined || b.input === undefined)
        return Number(a.input === undefined) - Number(b.input === undefined);
      return compareDecimals(a.input, b.input);
    })
    .map(({ rate }) => rate);
}
