import { DISCOUNTED_TIERS } from "#/price/check-sheet.ts";
import type { Finding } from "#/price/finding.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { viewOf, type View } from "#/price/offer-view.ts";
import type { OwnOffers } from "#/price/own-offers.ts";
import type { Peer, PeerIndex } from "#/price/peer-index.ts";
import { distance, isAbove, isBelow, ratioOf } from "#/price/scaled-amount.ts";
import { amountOf } from "#/price/sheet-lines.ts";
import { tierOf } from "#/price/variant.ts";

/** When others confirm a price. */
export type AgreementRules = Readonly<{ peers: PeerIndex; own: OwnOffers; limit: AgreementLimits }>;
type AgreementLimits = ReturnType<typeof prepareAgreementLimits>;

export function prepareAgreementLimits({ agreeShare, agreeSellers, discountedOverDefault }: GuardRules) {
  const [least, most] = discountedOverDefault;
  return { within: ratioOf(1 + agreeShare), sellers: agreeSellers, least: ratioOf(least), most: ratioOf(most) };
}

/** Whether the same seller elsewhere, or enough other sellers in other sources, ask the same for every line in question. */
export function isConfirmed(rules: AgreementRules, { lines }: Pick<Finding, "lines">, view: View): boolean {
  return lines.length > 0 && lines.every((line) => isAgreed(rules, line, view) || isDiscounted(rules, line, view));
}

/** Whether others ask the same for one line. */
export function isAgreed({ limit }: AgreementRules, line: string, { lines, same, others }: View): boolean {
  const amount = amountOf(lines, line);
  if (amount === undefined) return false;
  const agrees = (peer: Peer) => {
    const stated = amountOf(peer.lines, line);
    return stated !== undefined && distance(amount, stated) <= limit.within;
  };
  if (same.some(agrees)) return true;
  return new Set(others.filter(agrees).map(({ seller }) => seller)).size >= limit.sellers;
}

/** Nobody lists batch prices: one that is a usual part of a confirmed price is confirmed with it. */
function isDiscounted(rules: AgreementRules, line: string, { offer, lines }: View): boolean {
  const { peers, own, limit } = rules;
  const base = DISCOUNTED_TIERS.has(tierOf(offer.variant)) ? own.findDefault(offer) : undefined;
  if (base === undefined) return false;
  const view = viewOf(peers, base, base);
  const [amount, full] = [amountOf(lines, line), amountOf(view.lines, line)];
  if (amount === undefined || full === undefined || !isAgreed(rules, line, view)) return false;
  return !isAbove(amount, full, limit.most) && !isBelow(amount, full, limit.least);
}
