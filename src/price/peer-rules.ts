import { chargeKey, type Charge } from "#/price/charge.ts";
import { show } from "#/price/check-sheet.ts";
import type { Finding } from "#/price/finding.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { findMaker, isMaker, isRollingId, isSpeakingOrDrawing } from "#/price/model-identity.ts";
import type { OfferKey } from "#/price/offer.ts";
import type { View } from "#/price/offer-view.ts";
import { OWN, type OwnOffers } from "#/price/own-offers.ts";
import type { Peer } from "#/price/peer-index.ts";
import { distance, isWithin, ratioOf, showRatio, type Ratio, type Scaled } from "#/price/scaled-amount.ts";
import { amountOf, linesOf, type Line, type Lines } from "#/price/sheet-lines.ts";
import { METERS, type Meter } from "#/terms/meter.ts";
import type { HoldReason } from "#/terms/hold.ts";

/** What catalogues are compared by. */
const METERS_COMPARED: readonly Meter[] = ["input", "output"];
const LINES_COMPARED = METERS_COMPARED.map((meter) => chargeKey({ meter, unit: "token" }));
/** What a router shows is the price of one of its endpoints, and moves with it; so does an id that means the newest model. */
const ROUTERS: ReadonlySet<string> = new Set(["openrouter", "vercel", "huggingface", "requesty", "kilo"]);
/** Where one source bills these apart, its plain output is not another source's plain output. */
const OUTPUTS_APART: ReadonlySet<Meter> = new Set(
  METERS.filter((meter) => /^output_(?:image|audio|video)/.test(meter)),
);
/** Sellers that resell makers' models at the makers' prices. */
const AT_MAKERS_PRICES: ReadonlySet<string> = new Set(["azure", "bedrock", "vertex"]);
/** How far a price may be from what others ask, and what the payload itself says of the same model. */
export type PeerRules = Readonly<{ limit: PeerLimits; own: OwnOffers }>;
type PeerLimits = ReturnType<typeof preparePeerLimits>;

export function preparePeerLimits(rules: GuardRules) {
  return {
    far: ratioOf(rules.peerFar),
    /** As far as two units of one price are apart, or nearly. */
    outOfUnit: ratioOf(rules.peerFar * 5),
    same: ratioOf(rules.peerSame),
    sibling: ratioOf(rules.peerSibling),
    maker: ratioOf(rules.makerDiff),
    agree: ratioOf(1 + rules.agreeShare),
  };
}

/** The rules that compare an offer with what others ask: `PEER_SAME`, `MAKER_DIFF`, `PEER_FAR`. */
export function compareWithPeers(rules: PeerRules, view: View): Finding[] {
  return [
    ...findSameSeller(rules, view),
    ...findSibling(rules, view),
    ...findMakerDifference(rules, view),
    ...(view.same.length > 0 ? [] : findFar(rules, view)),
  ];
}

function findSameSeller({ limit }: PeerRules, { offer, lines, identity, same, seller }: View): Finding[] {
  if (same.length === 0) return [];
  const isMoving = ROUTERS.has(seller) || isRollingId(offer.model);
  return findApart(lines, same, isMoving ? limit.far : limit.same, isMoving ? isCompared : isAny)
    .filter((apart) => !isBehind(limit, apart, offer))
    .filter(({ line }) => line.charge.meter !== "output" || !isSpeakingOrDrawing(identity.base))
    .map((apart) => difference("PEER_SAME", apart, "the same seller's price in"));
}

/** The same seller's other spelling of the model (another region, a dated id) in the same payload. */
function findSibling({ limit, own }: PeerRules, { offer, lines, identity, same, seller }: View): Finding[] {
  if (same.length > 0 || isSpeakingOrDrawing(identity.base) || isRollingId(offer.model)) return [];
  const siblings = own
    .index()
    .find(identity, offer.variant)
    .filter((peer) => peer.seller === seller && !isSameOffer(peer.offer, offer));
  // Two regions of one payload may share one mistake: what is sold without a region comes first.
  const regionless = siblings.filter((peer) => peer.offer.variant === peer.soldAs);
  return findApart(lines, regionless.length > 0 ? regionless : siblings, limit.sibling)
    .filter((apart) => !isBehind(limit, apart, offer))
    .map((apart) => difference("PEER_SAME", apart, "the same seller's price of the model as"));
}

function isSameOffer(a: OfferKey, b: OfferKey): boolean {
  return a.model === b.model && a.variant === b.variant;
}

function findFar({ limit, own }: PeerRules, { offer, lines, identity, others, seller }: View): Finding[] {
  const peersOf =
    others.length > 0
      ? others
      : own
          .index()
          .find(identity, offer.variant)
          .filter((peer) => peer.seller !== seller);
  if (peersOf.length === 0 || isSpeakingOrDrawing(identity.base)) return [];
  const least = isRollingId(offer.model) ? limit.outOfUnit : limit.far;
  const far = findApart(lines, peersOf, least);
  // Of two sellers that differ in one line by ten times either may be right; a third tells which. By fifty times, or in
  // both lines to the same side, as a wrong unit does, it is held.
  const sides = new Set(far.map(({ line, nearest }) => nearest.amount < line.amount));
  const isWhole = far.length === LINES_COMPARED.length && sides.size === 1;
  const countSellers = ({ key }: Line) =>
    new Set(peersOf.filter((peer) => states(peer, key, lines)).map((peer) => peer.seller)).size;
  return far
    .filter(
      ({ line, nearest }) =>
        isWhole || (nearest.distance >= limit.outOfUnit && others.length > 0) || countSellers(line) >= 2,
    )
    .map((apart) => difference("PEER_FAR", apart, "the nearest other seller's price,"));
}

function findMakerDifference({ limit }: PeerRules, view: View): Finding[] {
  const { offer, lines, identity, seller, same, others } = view;
  const isResold = AT_MAKERS_PRICES.has(seller);
  if ((!isResold && !isMaker(seller)) || isRollingId(offer.model) || isSpeakingOrDrawing(identity.base)) return [];
  const maker = findMaker(identity.base);
  if (maker === undefined || (maker !== seller && !isResold)) return [];
  const makers = maker === seller ? same : others.filter((peer) => peer.seller === maker);
  return findApart(lines, makers, limit.maker)
    .filter((apart) => !isBehind(limit, apart, offer))
    .map((apart) => difference("MAKER_DIFF", apart, "the maker's own price in"));
}

/** The other one still says what ours said before: it is behind, and no evidence against a change. */
function isBehind({ agree }: PeerLimits, { line, nearest }: Apart, { previous }: View["offer"]): boolean {
  const then = previous === undefined ? undefined : amountOf(linesOf(previous), line.key);
  return then !== undefined && distance(then, nearest.amount) <= agree;
}

type Nearest = Readonly<{ peer: Peer; amount: Scaled; distance: Ratio }>;
/** A line, and the peer that is nearest to it and yet too far. */
type Apart = Readonly<{ line: Line; nearest: Nearest }>;

function difference(reason: HoldReason, { line, nearest }: Apart, what: string): Finding {
  const { offer } = nearest.peer;
  const where =
    offer.source === OWN ? `${offer.seller} ${offer.model} in the same payload` : `${offer.source} (${offer.seller})`;
  const words = `${show(line.charge)} is ${showRatio(nearest.distance)} times away from ${what} ${where}`;
  return { reason, words, lines: [line.key] };
}

/** The lines that even the nearest peer states otherwise, by `least` or more. */
function findApart(lines: Lines, peers: readonly Peer[], least: Ratio, isAsked = isCompared): Apart[] {
  const apart: Apart[] = [];
  if (peers.length === 0) return apart;
  for (const line of lines) {
    const nearest = isAsked(line) ? findNearest(peers, line, lines, least) : undefined;
    if (nearest !== undefined) apart.push({ line, nearest });
  }
  return apart;
}

/** The peer whose amount for a line is nearest to ours; `undefined` when none states one, or one is within `least`. */
function findNearest(peers: readonly Peer[], line: Line, sheet: Lines, least: Ratio): Nearest | undefined {
  let nearest: Nearest | undefined;
  for (const peer of peers) {
    const amount = amountOf(peer.lines, line.key);
    if (amount === undefined || !states(peer, line.key, sheet)) continue;
    if (isWithin(line.amount, amount, least)) return undefined;
    const away = distance(line.amount, amount);
    if (nearest === undefined || away < nearest.distance) nearest = { peer, amount, distance: away };
  }
  return nearest;
}

/** Whether a peer states what the line means in our sheet. */
function states(peer: Peer, key: string, sheet: Lines): boolean {
  if (amountOf(peer.lines, key) === undefined) return false;
  return !key.startsWith("output/") || billsOutputsApart(peer.lines) === billsOutputsApart(sheet);
}

function billsOutputsApart(lines: Lines): boolean {
  return lines.some(({ charge }) => OUTPUTS_APART.has(charge.meter));
}

const isAny = () => true;

/** Whether a charge is a base line of a meter that catalogues are compared by, in whatever unit. */
export function isBase({ meter, tier, window }: Charge): boolean {
  return tier === undefined && window === undefined && METERS_COMPARED.includes(meter);
}

/** Whether a line is one that catalogues can be compared by. */
function isCompared({ key }: Pick<Line, "key">): boolean {
  return LINES_COMPARED.includes(key);
}
