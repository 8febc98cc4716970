import { chargeKey, type Charge } from "#/price/charge.ts";
import { createSheetRules, DISCOUNTED_VARIANTS, show } from "#/price/check-sheet.ts";
import type { Decimal } from "#/price/decimal.ts";
import type { Finding, PeerEvidence } from "#/price/finding.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { modelIdentity } from "#/price/model-identity.ts";
import type { Ask, OfferKey, Reject } from "#/price/offer.ts";
import { createPeerIndex, type Peer, type PeerIndex, type PeerOffer } from "#/price/peer-index.ts";
import { createPeerRules, isBase, OWN, type View } from "#/price/peer-rules.ts";
import { distance, isAbove, isBelow, ratioOf, showRatio } from "#/price/scaled-amount.ts";
import { amountOf, linesOf, onlyThose, type Line } from "#/price/sheet-lines.ts";
import { HOLD_REASONS, type HoldReason } from "#/terms/hold.ts";

/** What would be put in force. `previous` is the last good price, absent for a first one. */
export type Candidate = OfferKey & Ask & Readonly<{ previous?: Ask; faults?: readonly Reject[] }>;

export type Verdict =
  | Readonly<{ outcome: "apply" }>
  | Readonly<{
      outcome: "hold";
      /** The main one first. */
      reasons: readonly HoldReason[];
      findings: readonly Finding[];
      evidence: readonly PeerEvidence[];
    }>;

export type JudgeInput = Readonly<{
  candidates: readonly Candidate[];
  /** What all other sources have in force. */
  peers: readonly PeerOffer[];
  /** The whole payload that the candidates come from: never agreement, but what other sellers in it ask may differ. */
  ownOffers: readonly (OfferKey & Ask)[];
  rules: GuardRules;
  /** So much has vanished from the payload that its changes are not believed. */
  isVanishing: boolean;
}>;

const APPLY: Verdict = { outcome: "apply" };
const EVIDENCE_SHOWN = 6;

/**
 * The guard: for each candidate, in order, whether it may be in force or waits for a person. It never rescales and never
 * drops; it holds the whole offer, and lets through what other sources confirm.
 */
export function judgeOffers({ candidates, peers, ownOffers, rules, isVanishing }: JudgeInput): Verdict[] {
  if (candidates.length === 0) return [];
  const index = createPeerIndex(peers);
  let ownIndex: PeerIndex | undefined;
  const sheet = createSheetRules(rules);
  const compareWithPeers = createPeerRules({ rules, openOwnIndex });
  let defaults: ReadonlyMap<string, OfferKey & Ask> | undefined;
  const limit = {
    up: ratioOf(rules.jumpUp),
    down: ratioOf(1 / rules.jumpDown),
    agree: ratioOf(1 + rules.agreeShare),
    /** How much further out than the last good price a price may go that was out already. */
    further: ratioOf(1.25),
    discounted: [ratioOf(rules.discountedOverDefault[0]), ratioOf(rules.discountedOverDefault[1])] as const,
  };
  return candidates.map((candidate) => judge(candidate));

  // Most payloads never ask for it.
  function openOwnIndex(): PeerIndex {
    ownIndex ??= createPeerIndex(ownOffers.map((offer) => ({ ...offer, source: OWN })));
    return ownIndex;
  }

  /** The default variant of the same model, which what is sold otherwise is measured by. */
  function findDefault({ seller, model }: OfferKey): (OfferKey & Ask) | undefined {
    const key = (offer: Omit<OfferKey, "variant">) => `${offer.seller}\u0000${offer.model}`;
    defaults ??= new Map(ownOffers.filter(({ variant }) => variant === "default").map((offer) => [key(offer), offer]));
    return defaults.get(key({ seller, model }));
  }

  function judge(candidate: Candidate): Verdict {
    const { faults = [], previous } = candidate;
    if (faults.length === 0 && isPriceless(candidate) && !isLoss(candidate)) return APPLY;
    const view = viewOf(candidate, candidate);
    const before = previous === undefined || isPriceless(previous) ? undefined : viewOf(candidate, previous);
    const found = [
      ...faults.map(({ path, detail }): Finding => ({
        reason: "BAD_FIELD",
        words: `${path} can't be read: ${detail}`,
        lines: [],
      })),
      ...(isVanishing && before !== undefined
        ? [
            {
              reason: "VANISH" as const,
              words: "the payload has lost so many models that its changes are not believed",
              lines: [],
            },
          ]
        : []),
      ...findLoss(candidate),
      ...findImplausible(view, before),
      ...findJumps(view, before),
    ];
    const findings = found.filter((finding) => isHard(finding.reason) || !isConfirmed(finding, view));
    if (findings.length === 0) return APPLY;
    const reasons = HOLD_REASONS.filter((reason) => findings.some((finding) => finding.reason === reason));
    const weight = ({ reason }: Finding) => HOLD_REASONS.indexOf(reason);
    return {
      outcome: "hold",
      reasons,
      findings: findings.toSorted((a, b) => weight(a) - weight(b)),
      evidence: showEvidence(view),
    };
  }

  function viewOf(candidate: Candidate, ask: Ask): View {
    const identity = modelIdentity(candidate.model);
    const seller = index.seller(candidate.seller);
    const peers = index.find(identity, candidate.variant);
    const same = onlyThose(peers, (peer) => peer.seller === seller);
    const others = onlyThose(peers, (peer) => peer.seller !== seller);
    return { offer: candidate, lines: linesOf(ask), identity, seller, same, others };
  }

  /** Everything that needs no earlier price; what was so already, and is no further out, was decided before. */
  function findImplausible(view: View, before: View | undefined): Finding[] {
    const found = checkAlone(view);
    if (found.length === 0 || before === undefined) return found;
    const earlier = new Set(checkAlone(before).map((finding) => identityOf(finding)));
    return found.filter(
      (finding) => !earlier.has(identityOf(finding)) || finding.lines.some((line) => isFurther(line, view, before)),
    );
  }

  function isFurther(line: string, view: View, before: View): boolean {
    const now = amountOf(view.lines, line);
    const then = amountOf(before.lines, line);
    return now === undefined || then === undefined || distance(now, then) > limit.further;
  }

  function checkAlone(view: View): Finding[] {
    const { offer, lines, identity } = view;
    const base = offer.variant === "default" ? undefined : findDefault(offer);
    return [
      ...sheet.check({ id: offer.model, model: identity.base, variant: offer.variant, lines }, base && linesOf(base)),
      ...compareWithPeers(view),
    ];
  }

  function findJumps(view: View, before: View | undefined): Finding[] {
    if (before === undefined) return [];
    const jumps = view.lines.flatMap(({ key, charge, amount: now }) => {
      const then = amountOf(before.lines, key);
      if (then === undefined) return [];
      if (!isAbove(now, then, limit.up) && !isBelow(now, then, limit.down)) return [];
      const words = `${show(charge)} is ${showRatio(distance(now, then))} times ${now > then ? "" : "less than "}the last good price`;
      return [{ reason: "JUMP", words, lines: [key] } satisfies Finding];
    });
    const isHealing = jumps.length > 0 && checkAlone(before).length > 0 && checkAlone(view).length === 0;
    return isHealing ? [] : jumps;
  }

  /** The same seller elsewhere, or enough other sellers in other sources, ask the same for every line in question. */
  function isConfirmed({ lines }: Finding, view: View): boolean {
    return lines.length > 0 && lines.every((line) => isAgreed(line, view) || isDiscounted(line, view));
  }

  /** Nobody lists batch prices: one that is a usual part of a confirmed price is confirmed with it. */
  function isDiscounted(line: string, { offer, lines }: View): boolean {
    const base = DISCOUNTED_VARIANTS.has(offer.variant) ? findDefault(offer) : undefined;
    if (base === undefined) return false;
    const view = viewOf(base, base);
    const [amount, full] = [amountOf(lines, line), amountOf(view.lines, line)];
    if (amount === undefined || full === undefined || !isAgreed(line, view)) return false;
    return !isAbove(amount, full, limit.discounted[1]) && !isBelow(amount, full, limit.discounted[0]);
  }

  function isAgreed(line: string, { lines, same, others }: View): boolean {
    const amount = amountOf(lines, line);
    if (amount === undefined) return false;
    const agrees = (peer: Peer) => {
      const stated = amountOf(peer.lines, line);
      return stated !== undefined && distance(amount, stated) <= limit.agree;
    };
    if (same.some(agrees)) return true;
    return new Set(others.filter(agrees).map(({ seller }) => seller)).size >= rules.agreeSellers;
  }
}

function identityOf({ reason, lines }: Finding): string {
  return `${reason} ${lines.join(" ")}`;
}

/** What agreement can't release: the maker outranks it, and nobody can confirm a loss or a field that can't be read. */
function isHard(reason: HoldReason): boolean {
  return !(
    reason === "BOUND" ||
    reason === "SHAPE" ||
    reason === "JUMP" ||
    reason === "PEER_FAR" ||
    reason === "PEER_SAME"
  );
}

function isPriceless({ state }: Ask): boolean {
  return state !== "priced";
}

function isLoss({ state, previous }: Candidate): boolean {
  return previous?.state === "priced" && state !== "priced";
}

function findLoss(candidate: Candidate): Finding[] {
  const { state, charges, previous } = candidate;
  if (previous?.state !== "priced") return [];
  if (state === "free") return [{ reason: "TO_ZERO", words: "it had a price, and is offered for nothing", lines: [] }];
  if (state === "unknown" || state === "varies")
    return [{ reason: "TO_UNKNOWN", words: "it had a price, and the source names none any more", lines: [] }];
  return linesOf(previous).flatMap((line) => findLostLine(line, charges) ?? []);
}

/** A base line that had a price, and costs nothing now, is billed by another unit, or is not there any more. */
function findLostLine({ key, charge: then }: Line, charges: readonly Charge[]): Finding | undefined {
  if (!isBase(then)) return undefined;
  const now = charges.find((charge) => chargeKey(charge) === key);
  if (now !== undefined)
    return now.amount === "0"
      ? { reason: "TO_ZERO", words: `${show(now)}: it had a price, and is 0 now`, lines: [] }
      : undefined;
  const moved = charges.find((charge) => charge.meter === then.meter && isBase(charge));
  const where = moved === undefined ? "the source states none any more" : `the source now says ${show(moved)}`;
  return { reason: "TO_UNKNOWN", words: `${show(then)} was its price, and ${where}`, lines: [] };
}

function showEvidence({ same, others }: { same: readonly Peer[]; others: readonly Peer[] }): PeerEvidence[] {
  const shown = [
    ...same.map((peer) => ({ peer, isSameSeller: true })),
    ...others.map((peer) => ({ peer, isSameSeller: false })),
  ];
  return shown.slice(0, EVIDENCE_SHOWN).map(({ peer: { offer }, isSameSeller }) => ({
    source: offer.source,
    seller: offer.seller,
    model: offer.model,
    variant: offer.variant,
    isSameSeller,
    amounts: Object.fromEntries(offer.charges.map((charge): [string, Decimal] => [chargeKey(charge), charge.amount])),
  }));
}
