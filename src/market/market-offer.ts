import type { Charge } from "#/price/charge.ts";
import { offerKeyText } from "#/price/offer.ts";
import type { OfferState } from "#/terms/offer.ts";

/** What a feed says about an offer. `plan` is listed at 0 and means "a subscription pays": not a price. */
export type Saying = Readonly<{ state: OfferState | "plan"; charges: readonly Charge[] }>;

/** `model` is the market's own id (`maker/slug`), whoever sells it. */
export type MarketOffer = Saying & Readonly<{ seller: string; model: string; variant: string }>;

/** Names an offer across feeds. */
export function marketOfferKey(offer: Pick<MarketOffer, "seller" | "model" | "variant">): string {
  return offerKeyText(offer);
}
