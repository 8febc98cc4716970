import { diffCharges, type Charge } from "#/price/charge.ts";
import { compareDecimals, decimal, ratio, shiftPoint, type Decimal } from "#/price/decimal.ts";
import { conditionWords, meterWords, priceWithUnit } from "#/price/charge-words.ts";
import { readCharges } from "#/price/read-charges.ts";
import { factorWords } from "#/ui/price/factor-words.model.ts";
import type { ApiCharge } from "#/ui/price/charge-words.model.ts";
import type { OfferState } from "#/terms/offer.ts";

/** One line of a price sheet that changed, in words. */
export type ChangeLine = Readonly<{
  key: string;
  what: string;
  before: string | undefined;
  after: string | undefined;
  /** "+25%", "×12", "new", "gone". */
  size: string;
  direction: "up" | "down" | "none";
}>;

type ChangedOffer = Readonly<{
  state: OfferState;
  charges: readonly ApiCharge[];
  previousState: OfferState | null;
  previousCharges: readonly ApiCharge[] | null;
}>;

/** What an entry of the history changed, line by line. */
export function changeLines(entry: ChangedOffer): ChangeLine[] {
  const before = readCharges(entry.previousCharges ?? []);
  const lines = diffCharges(before, readCharges(entry.charges)).map(({ key, before: old, after }) =>
    describeLine(key, old, after),
  );
  if (entry.previousState === null || entry.previousState === entry.state) return lines;
  return [describeState(entry.previousState, entry.state), ...lines];
}

function describeState(before: OfferState, after: OfferState): ChangeLine {
  return { key: "state", what: "State", before, after, size: "", direction: "none" };
}

function describeLine(key: string, before: Charge | undefined, after: Charge | undefined): ChangeLine {
  const charge = after ?? before;
  const condition = charge === undefined ? "" : conditionWords(charge);
  const name = charge === undefined ? key : meterWords(charge.meter);
  return {
    key,
    what: condition === "" ? name : `${name}, ${condition}`,
    before: before && withoutUnit(priceWithUnit(before), after && priceWithUnit(after)),
    after: after && priceWithUnit(after),
    size: sizeOfChange(before?.amount, after?.amount),
    direction: before === undefined || after === undefined ? "none" : directionOf(before.amount, after.amount),
  };
}

/** A unit that both sides have is said once, at the end. */
function withoutUnit(before: string, after: string | undefined): string {
  const unit = after?.match(/ per .*$/)?.[0];
  return unit !== undefined && before.endsWith(unit) ? before.slice(0, -unit.length) : before;
}

function directionOf(before: Decimal, after: Decimal): ChangeLine["direction"] {
  const order = compareDecimals(after, before);
  if (order === 0) return "none";
  return order > 0 ? "up" : "down";
}

const FAR = decimal("10");

/** "+25%", "×12", "was free": how an amount became another. */
export function sizeOfChange(before: Decimal | undefined, after: Decimal | undefined): string {
  if (before === undefined) return "new";
  if (after === undefined) return "gone";
  const grown = ratio(after, before);
  if (grown === undefined) return "was free";
  if (after === "0") return "now free";
  const shrunk = ratio(before, after);
  const isFar = [grown, shrunk].some((factor) => factor !== undefined && compareDecimals(factor, FAR) >= 0);
  return (isFar ? factorWords(grown) : undefined) ?? percentChange(grown);
}

/** A factor as a change in percent, to one digit: `"1.25"` is "+25%", `"0.9"` is "−10%". */
export function percentChange(factor: Decimal): string {
  const millionths = BigInt(shiftPoint(factor, 6).split(".", 1)[0] ?? "0") - 1_000_000n;
  const size = millionths < 0n ? -millionths : millionths;
  const tenths = (size + 500n) / 1_000n;
  const sign = millionths < 0n ? "−" : "+";
  if (tenths === 0n) return size === 0n ? "0%" : `${sign}<0.1%`;
  return `${sign}${tenths / 10n}${tenths % 10n === 0n ? "" : `.${tenths % 10n}`}%`;
}
