import { isAgreed, type AgreementRules } from "#/price/agreement.ts";
import { chargeKey, type Charge } from "#/price/charge.ts";
import { show } from "#/price/check-sheet.ts";
import type { Finding } from "#/price/finding.ts";
import type { Ask } from "#/price/offer.ts";
import type { View } from "#/price/offer-view.ts";
import { isBase } from "#/price/peer-rules.ts";
import { distance, isAbove, isBelow, showRatio, type Ratio } from "#/price/scaled-amount.ts";
import { amountOf, linesOf, type Line } from "#/price/sheet-lines.ts";

/** How far a price may move at once. */
export type JumpLimits = Readonly<{ up: Ratio; down: Ratio }>;

export function findJumps(limit: JumpLimits, view: View, before: View): Finding[] {
  return view.lines.flatMap(({ key, charge, amount: now }) => {
    const then = amountOf(before.lines, key);
    if (then === undefined) return [];
    if (!isAbove(now, then, limit.up) && !isBelow(now, then, limit.down)) return [];
    const words = `${show(charge)} is ${showRatio(distance(now, then))} times ${now > then ? "" : "less than "}the last good price`;
    return [{ reason: "JUMP", words, lines: [key] }];
  });
}

/** What had a price and has none any more: the whole offer, or one of the base lines that its last good price had. */
export function findLoss(rules: AgreementRules, { state, charges }: Ask, view: View): Finding[] {
  const { previous } = view.offer;
  if (previous?.state !== "priced") return [];
  if (state === "free") return [{ reason: "TO_ZERO", words: "it had a price, and is offered for nothing", lines: [] }];
  if (state === "unknown" || state === "varies")
    return [{ reason: "TO_UNKNOWN", words: "it had a price, and the source names none any more", lines: [] }];
  return linesOf(previous).flatMap((line) => findLostLine(rules, line, charges, view) ?? []);
}

/** A base line that had a price, and costs nothing now, is billed by another unit, or is not there any more. */
function findLostLine(
  rules: AgreementRules,
  { key, charge: then }: Line,
  charges: readonly Charge[],
  view: View,
): Finding | undefined {
  if (!isBase(then)) return undefined;
  const now = charges.find((charge) => chargeKey(charge) === key);
  if (now !== undefined)
    return now.amount === "0"
      ? { reason: "TO_ZERO", words: `${show(now)}: it had a price, and is 0 now`, lines: [] }
      : undefined;
  const moved = charges.find((charge) => charge.meter === then.meter && isBase(charge));
  if (moved !== undefined && isMoveAgreed(rules, key, chargeKey(moved), view)) return undefined;
  const where = moved === undefined ? "no such price can be read now" : `the source now says ${show(moved)}`;
  return { reason: "TO_UNKNOWN", words: `${show(then)} was its price, and ${where}`, lines: [] };
}

/** Whether others ask the same by the new unit, and state nothing by the old one. */
function isMoveAgreed(rules: AgreementRules, from: string, to: string, view: View): boolean {
  const [same, others] = [view.same, view.others].map((peers) =>
    peers.filter((peer) => amountOf(peer.lines, from) === undefined),
  );
  return isAgreed(rules, to, { ...view, same: same ?? [], others: others ?? [] });
}
