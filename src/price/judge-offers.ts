import { isConfirmed, prepareAgreementLimits, type AgreementRules } from "#/price/agreement.ts";
import { checkSheet, prepareSheetRules, type SheetRules } from "#/price/check-sheet.ts";
import type { Finding, PeerEvidence } from "#/price/finding.ts";
import type { GuardRules } from "#/price/guard-rules.ts";
import { findJumps, findLoss, type JumpLimits } from "#/price/judge-change.ts";
import type { Ask, OfferKey, Reject } from "#/price/offer.ts";
import { viewOf, type View } from "#/price/offer-view.ts";
import { openOwnOffers, type OwnOffers } from "#/price/own-offers.ts";
import { describePeers } from "#/price/peer-evidence.ts";
import { createPeerIndex, type PeerIndex, type PeerOffer } from "#/price/peer-index.ts";
import { compareWithPeers, preparePeerLimits, type PeerRules } from "#/price/peer-rules.ts";
import { distance, ratioOf, type Ratio } from "#/price/scaled-amount.ts";
import { amountOf, linesOf } from "#/price/sheet-lines.ts";
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

/** What one payload is judged by, prepared once. */
type Court = Readonly<{
  peers: PeerIndex;
  own: OwnOffers;
  sheet: SheetRules;
  peerRules: PeerRules;
  agreement: AgreementRules;
  jump: JumpLimits;
  /** How much further out than the last good price a price may go that was out already. */
  further: Ratio;
  isVanishing: boolean;
}>;

/**
 * The guard: for each candidate, in order, whether it may be in force or waits for a person. It never rescales and never
 * drops; it holds the whole offer, and lets through what other sources confirm.
 */
export function judgeOffers({ candidates, ...input }: JudgeInput): Verdict[] {
  if (candidates.length === 0) return [];
  const court = prepareCourt(input);
  return candidates.map((candidate) => judge(court, candidate));
}

function prepareCourt({ peers: offers, ownOffers, rules, isVanishing }: Omit<JudgeInput, "candidates">): Court {
  const peers = createPeerIndex(offers);
  const own = openOwnOffers(ownOffers);
  return {
    peers,
    own,
    sheet: prepareSheetRules(rules),
    peerRules: { limit: preparePeerLimits(rules), own },
    agreement: { peers, own, limit: prepareAgreementLimits(rules) },
    jump: { up: ratioOf(rules.jumpUp), down: ratioOf(1 / rules.jumpDown) },
    further: ratioOf(1.25),
    isVanishing,
  };
}

function judge(court: Court, candidate: Candidate): Verdict {
  const { faults = [], previous } = candidate;
  if (faults.length === 0 && isPriceless(candidate) && !isLoss(candidate)) return APPLY;
  const view = viewOf(court.peers, candidate, candidate);
  const before = previous === undefined || isPriceless(previous) ? undefined : viewOf(court.peers, candidate, previous);
  const found = [
    ...faults.map((fault) => describeFault(fault)),
    ...(court.isVanishing && before !== undefined ? [VANISHING] : []),
    ...findLoss(court.agreement, candidate, view),
    ...findImplausible(court, view, before),
    ...(before === undefined ? [] : findUnhealthyJumps(court, view, before)),
  ];
  const findings = found.filter((finding) => isHard(finding.reason) || !isConfirmed(court.agreement, finding, view));
  if (findings.length === 0) return APPLY;
  const weight = ({ reason }: Finding) => HOLD_REASONS.indexOf(reason);
  return {
    outcome: "hold",
    reasons: HOLD_REASONS.filter((reason) => findings.some((finding) => finding.reason === reason)),
    findings: findings.toSorted((a, b) => weight(a) - weight(b)),
    evidence: describePeers(view),
  };
}

const VANISHING: Finding = {
  reason: "VANISH",
  words: "the payload has lost so many models that its changes are not believed",
  lines: [],
};

function describeFault({ path, detail }: Reject): Finding {
  return { reason: "BAD_FIELD", words: `${path} can't be read: ${detail}`, lines: [] };
}

/** Everything that needs no earlier price; what was so already, and is no further out, was decided before. */
function findImplausible(court: Court, view: View, before: View | undefined): Finding[] {
  const found = checkAlone(court, view);
  if (found.length === 0 || before === undefined) return found;
  const earlier = new Set(checkAlone(court, before).map((finding) => identityOf(finding)));
  return found.filter(
    (finding) =>
      !earlier.has(identityOf(finding)) || finding.lines.some((line) => isFurther(court, line, view, before)),
  );
}

function isFurther({ further }: Court, line: string, view: View, before: View): boolean {
  const now = amountOf(view.lines, line);
  const then = amountOf(before.lines, line);
  return now === undefined || then === undefined || distance(now, then) > further;
}

function checkAlone({ own, sheet, peerRules }: Court, view: View): Finding[] {
  const { offer, lines, identity } = view;
  const { model: id, variant } = offer;
  const base = variant === "default" ? undefined : own.findDefault(offer);
  return [
    ...checkSheet(sheet, { id, model: identity.base, variant, lines, ...(base && { base: linesOf(base) }) }),
    ...compareWithPeers(peerRules, view),
  ];
}

/** Jumps, unless they heal: the old price is implausible by the other rules and the new one is not. */
function findUnhealthyJumps(court: Court, view: View, before: View): Finding[] {
  const jumps = findJumps(court.jump, view, before);
  const isHealing = jumps.length > 0 && checkAlone(court, before).length > 0 && checkAlone(court, view).length === 0;
  return isHealing ? [] : jumps;
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
