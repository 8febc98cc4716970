import { chargeKey, type Charge } from "#/price/charge.ts";
import { show } from "#/price/check-sheet.ts";
import type { Finding } from "#/price/finding.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { findMaker, isMaker, isRollingId, isSpeakingOrDrawing, type ModelIdentity } from "#/price/model-identity.ts";
import type { Ask, OfferKey } from "#/price/offer.ts";
import type { Peer, PeerIndex } from "#/price/peer-index.ts";
import { distance, isWithin, ratioOf, showRatio, type Ratio, type Scaled } from "#/price/scaled-amount.ts";
import { amountOf, linesOf, type Line, type Lines } from "#/price/sheet-lines.ts";
import { METERS, type Meter } from "#/terms/meter.ts";
import type { HoldReason } from "#/terms/hold.ts";

/** One offer with what others ask for the same model. `previous` is the last good price. */
export type View = Readonly<{
  offer: OfferKey & Readonly<{ previous?: Ask }>;
  lines: Lines;
  identity: ModelIdentity;
  seller: string;
  /** The same seller in other sources, and other sellers there. */
  same: readonly Peer[];
  others: readonly Peer[];
}>;

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
/** The source of the payload's own offers, where they stand beside those of others. */
export const OWN = "own";

type Input = Readonly<{
  rules: GuardRules;
  /** The payload's own offers: never agreement, but what others in it ask may differ. */
  openOwnIndex: () => PeerIndex;
}>;

/** The rules that compare an offer with what others ask: `PEER_SAME`, `MAKER_DIFF`, `PEER_FAR`. */
export function createPeerRules({ rules, openOwnIndex }: Input): (view: View) => Finding[] {
  const limit = {
    far: ratioOf(rules.peerFar),
    /** As far as two units of one price are apart, or nearly. */
    outOfUnit: ratioOf(rules.peerFar * 5),
    same: ratioOf(rules.peerSame),
    sibling: ratioOf(rules.peerSibling),
    maker: ratioOf(rules.makerDiff),
    agree: ratioOf(1 + rules.agreeShare),
  };
  return (view) => [
    ...findSameSeller(view),
    ...findSibling(view),
    ...findMakerDifference(view),
    ...(view.same.length > 0 ? [] : findFar(view)),
  ];

  function findSameSeller({ offer, lines, identity, same, seller }: View): Finding[] {
    if (same.length === 0) return [];
    const isMoving = ROUTERS.has(seller) || isRollingId(offer.model);
    return findApart(lines, same, isMoving ? limit.far : limit.same, isMoving ? isCompared : isAny)
      .filter(({ line, nearest }) => !isBehind(nearest, line, offer))
      .filter(({ line }) => line.charge.meter !== "output" || !isSpeakingOrDrawing(identity.base))
      .map((apart) => difference("PEER_SAME", apart, "the same seller's price in"));
  }

  /** The same seller's other spelling of the model (another region, a dated id) in the same payload. */
  function findSibling({ offer, lines, identity, same, seller }: View): Finding[] {
    if (same.length > 0 || isSpeakingOrDrawing(identity.base) || isRollingId(offer.model)) return [];
    const siblings = openOwnIndex()
      .find(identity, offer.variant)
      .filter((peer) => peer.seller === seller && peer.offer.model !== offer.model);
    return findApart(lines, siblings, limit.sibling)
      .filter(({ line, nearest }) => !isBehind(nearest, line, offer))
      .map((apart) => difference("PEER_SAME", apart, "the same seller's price of the model as"));
  }

  function findFar({ offer, lines, identity, others, seller }: View): Finding[] {
    const own = () =>
      openOwnIndex()
        .find(identity, offer.variant)
        .filter((peer) => peer.seller !== seller);
    const peersOf = others.length > 0 ? others : own();
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

  function findMakerDifference({ offer, lines, identity: { base }, seller, same, others }: View): Finding[] {
    const isResold = AT_MAKERS_PRICES.has(seller);
    if ((!isResold && !isMaker(seller)) || isRollingId(offer.model) || isSpeakingOrDrawing(base)) return [];
    const maker = findMaker(base);
    if (maker === undefined || (maker !== seller && !isResold)) return [];
    const makers = maker === seller ? same : others.filter((peer) => peer.seller === maker);
    return findApart(lines, makers, limit.maker)
      .filter(({ line, nearest }) => !isBehind(nearest, line, offer))
      .map((apart) => difference("MAKER_DIFF", apart, "the maker's own price in"));
  }

  /** The other one still says what ours said before: it is behind, and no evidence against a change. */
  function isBehind({ amount }: Nearest, { key }: Line, { previous }: View["offer"]): boolean {
    const then = previous === undefined ? undefined : amountOf(linesOf(previous), key);
    return then !== undefined && distance(then, amount) <= limit.agree;
  }
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
