import { chargeKey, type Charge } from "#/price/charge.ts";
import { show } from "#/price/check-sheet.ts";
import type { Finding } from "#/price/finding.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import type { HoldReason } from "#/price/hold-reason.ts";
import { findMaker, isMaker, isRollingId, isSpeakingOrDrawing, type ModelIdentity } from "#/price/model-identity.ts";
import type { Ask, OfferKey } from "#/price/offer.ts";
import type { Lines, Peer, PeerIndex } from "#/price/peer-index.ts";
import { distance, ratioOf, showRatio, type Ratio, type Scaled } from "#/price/scaled-amount.ts";

/** One offer with what others ask for the same model. `previous` is the last good price. */
export type View = Readonly<{
  offer: OfferKey & Readonly<{ previous?: Ask }>;
  ask: Ask;
  lines: Lines;
  identity: ModelIdentity;
  seller: string;
  /** The same seller in other sources, and other sellers there. */
  same: readonly Peer[];
  others: readonly Peer[];
}>;

const LINES_COMPARED = ["input/token", "output/token"] as const;
/** What a router shows is the price of one of its endpoints, and moves with it; so does an id that means the newest model. */
const ROUTERS: ReadonlySet<string> = new Set(["openrouter", "vercel", "huggingface", "requesty", "kilo"]);
/** Where one source bills these apart, its plain output is not another source's plain output. */
const OUTPUTS_APART = /^output_(?:image|audio|video)/;
/** Sellers that resell makers' models at the makers' prices. */
const AT_MAKERS_PRICES: ReadonlySet<string> = new Set(["azure", "bedrock", "vertex"]);
/** The source of the payload's own offers, where they stand beside those of others. */
export const OWN = "own";

type Input = Readonly<{
  rules: GuardRules;
  index: PeerIndex;
  /** The payload's own offers: never agreement, but what others in it ask may differ. */
  openOwnIndex: () => PeerIndex;
}>;

/** The rules that compare an offer with what others ask: `PEER_SAME`, `MAKER_DIFF`, `PEER_FAR`. */
export function createPeerRules({ rules, index, openOwnIndex }: Input): (view: View) => Finding[] {
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

  function findSameSeller({ offer, ask, lines, identity, same, seller }: View): Finding[] {
    if (same.length === 0) return [];
    const isMoving = ROUTERS.has(seller) || isRollingId(offer.model);
    return ask.charges.flatMap((charge) => {
      const key = chargeKey(charge);
      if (isMoving && !isCompared(key)) return [];
      const nearest = findNearest(same, key, lines);
      if (nearest === undefined || nearest.distance < (isMoving ? limit.far : limit.same)) return [];
      if (isBehind(nearest, key, offer)) return [];
      if (charge.meter === "output" && isSpeakingOrDrawing(identity.base)) return [];
      return [difference("PEER_SAME", charge, nearest, "the same seller's price in")];
    });
  }

  /** The same seller's other spelling of the model (another region, a dated id) in the same payload. */
  function findSibling({ offer, ask, lines, identity, same, seller }: View): Finding[] {
    if (same.length > 0 || isSpeakingOrDrawing(identity.base) || isRollingId(offer.model)) return [];
    const siblings = openOwnIndex()
      .find(offer.model, offer.variant)
      .filter((peer) => peer.seller === seller && peer.offer.model !== offer.model);
    return ask.charges.flatMap((charge) => {
      const key = chargeKey(charge);
      const nearest = isCompared(key) ? findNearest(siblings, key, lines) : undefined;
      if (nearest === undefined || nearest.distance < limit.sibling || isBehind(nearest, key, offer)) return [];
      return [difference("PEER_SAME", charge, nearest, "the same seller's price of the model as")];
    });
  }

  function findFar({ offer, ask, lines, identity, others, seller }: View): Finding[] {
    const own = () =>
      openOwnIndex()
        .find(offer.model, offer.variant)
        .filter((peer) => index.seller(peer.offer.seller) !== seller);
    const peersOf = others.length > 0 ? others : own();
    if (peersOf.length === 0 || isSpeakingOrDrawing(identity.base)) return [];
    const least = isRollingId(offer.model) ? limit.outOfUnit : limit.far;
    const far = ask.charges.flatMap((charge) => {
      const key = chargeKey(charge);
      const nearest = isCompared(key) ? findNearest(peersOf, key, lines) : undefined;
      if (nearest === undefined || nearest.distance < least) return [];
      const sellers = new Set(peersOf.filter((peer) => states(peer, key, lines)).map((peer) => peer.seller));
      return [{ charge, nearest, sellers: sellers.size, isHigher: nearest.amount < (lines.get(key) ?? 0n) }];
    });
    // Of two sellers that differ in one line by ten times either may be right; a third tells which. By fifty times, or in
    // both lines to the same side, as a wrong unit does, it is held.
    const isWhole = far.length === LINES_COMPARED.length && new Set(far.map(({ isHigher }) => isHigher)).size === 1;
    return far
      .filter(
        ({ nearest, sellers }) => sellers >= 2 || isWhole || (nearest.distance >= limit.outOfUnit && others.length > 0),
      )
      .map(({ charge, nearest }) => difference("PEER_FAR", charge, nearest, "the nearest other seller's price,"));
  }

  function findMakerDifference({ offer, ask, lines, identity: { base }, seller, same, others }: View): Finding[] {
    if (isRollingId(offer.model)) return [];
    const isResold = AT_MAKERS_PRICES.has(seller);
    const maker = (isResold || isMaker(seller)) && !isSpeakingOrDrawing(base) ? findMaker(base) : undefined;
    if (maker === undefined || (maker !== seller && !isResold)) return [];
    const makers = maker === seller ? same : others.filter((peer) => peer.seller === maker);
    if (makers.length === 0) return [];
    return ask.charges.flatMap((charge) => {
      const key = chargeKey(charge);
      const nearest = isCompared(key) ? findNearest(makers, key, lines) : undefined;
      if (nearest === undefined || nearest.distance < limit.maker || isBehind(nearest, key, offer)) return [];
      return [difference("MAKER_DIFF", charge, nearest, "the maker's own price in")];
    });
  }

  /** The other one still says what ours said before: it is behind, and no evidence against a change. */
  function isBehind({ amount }: Nearest, key: string, { previous }: View["offer"]): boolean {
    const then = previous === undefined ? undefined : index.linesOf(previous).get(key);
    return then !== undefined && distance(then, amount) <= limit.agree;
  }
}

function difference(reason: HoldReason, charge: Charge, nearest: Nearest, what: string): Finding {
  const { peer } = nearest;
  const where =
    peer.offer.source === OWN
      ? `${peer.offer.seller} ${peer.offer.model} in the same payload`
      : `${peer.offer.source} (${peer.offer.seller})`;
  const words = `${show(charge)} is ${showRatio(nearest.distance)} times away from ${what} ${where}`;
  return { reason, words, lines: [chargeKey(charge)] };
}

type Nearest = Readonly<{ peer: Peer; amount: Scaled; distance: Ratio }>;

/** The peer whose amount for a line is nearest to ours; `undefined` when we, or all of them, state none. */
function findNearest(peers: readonly Peer[], key: string, lines: Lines): Nearest | undefined {
  const ours = lines.get(key);
  if (ours === undefined) return undefined;
  let nearest: Nearest | undefined;
  for (const peer of peers) {
    const amount = peer.lines.get(key);
    if (amount === undefined || !states(peer, key, lines)) continue;
    const away = distance(ours, amount);
    if (nearest === undefined || away < nearest.distance) nearest = { peer, amount, distance: away };
  }
  return nearest;
}

/** Whether a peer states what the line means in our sheet. */
function states(peer: Peer, key: string, lines: Lines): boolean {
  if (!peer.lines.has(key)) return false;
  return !key.startsWith("output/") || billsOutputsApart(peer.lines) === billsOutputsApart(lines);
}

function billsOutputsApart(lines: Lines): boolean {
  for (const key of lines.keys()) if (OUTPUTS_APART.test(key)) return true;
  return false;
}

export function isCompared(key: string): boolean {
  return LINES_COMPARED.some((line) => line === key);
}
