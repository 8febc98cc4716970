import { chargeKey } from "#/price/charge.ts";
import type { Decimal } from "#/price/decimal.ts";
import type { PeerEvidence } from "#/price/finding.ts";
import type { View } from "#/price/offer-view.ts";

const SHOWN = 6;

/** What others ask for the same model, for the person who decides: the same seller first, a few at most. */
export function describePeers({ same, others }: Pick<View, "same" | "others">): PeerEvidence[] {
  const shown = [
    ...same.map((peer) => ({ peer, isSameSeller: true })),
    ...others.map((peer) => ({ peer, isSameSeller: false })),
  ];
  return shown.slice(0, SHOWN).map(({ peer: { offer }, isSameSeller }) => ({
    source: offer.source,
    seller: offer.seller,
    model: offer.model,
    variant: offer.variant,
    isSameSeller,
    amounts: Object.fromEntries(offer.charges.map((charge): [string, Decimal] => [chargeKey(charge), charge.amount])),
  }));
}
