import { chargeKey, displayCharge, sortCharges, type Charge } from "#/price/charge.ts";
import { conditionWords, meterWords, usd } from "#/price/charge-words.ts";
import type { Decimal } from "#/price/decimal.ts";
import { readCharges } from "#/price/read-charges.ts";
import type { EffectivePrice, PricedOffer } from "#/ui/model/price-answer.ts";
import { sizeOfChange } from "#/ui/price/price-change.model.ts";

type Rate = Pick<EffectivePrice, "state"> & Readonly<{ charges: readonly InForce[] }>;
type InForce = Pick<
  EffectivePrice["charges"][number],
  "meter" | "unit" | "amount" | "tier" | "window" | "source" | "pinnedBy" | "isFilled" | "isActive"
>;
type Offer = Pick<PricedOffer, "source" | "state" | "charges"> &
  Readonly<{ listing: Pick<PricedOffer["listing"], "delistedAt"> }>;

/** An amount with what has to be said about it; `differs` marks one that is not the one in force. */
export type SheetCell = Readonly<{ text: string; note: string; differs: boolean }>;

/** One charge across the price in force and all sources. */
export type SheetRow = Readonly<{
  key: string;
  name: string;
  /** When it applies: "above 200,000 prompt tokens"; empty for always. */
  condition: string;
  /** Its unit, where it is not 1M tokens. */
  per: string | undefined;
  /** Undefined where the price in force has no such charge. */
  inForce: SheetCell | undefined;
  /** In the order of the offers; undefined where one does not state the charge. */
  cells: readonly (SheetCell | undefined)[];
}>;

/** Every charge that the price in force or a source has, in the order of a sheet. Amounts are USD, exact. */
export function sheetRows(rate: Rate | undefined, offers: readonly Offer[]): SheetRow[] {
  const own = new Map((rate?.charges ?? []).map((charge) => [chargeKey(readOne(charge)), charge]));
  const sheets = offers.map(
    (offer) => new Map(readCharges(offer.charges).map((charge) => [chargeKey(charge), charge])),
  );
  const all = new Map<string, Charge>();
  for (const charge of [...readCharges(rate?.charges ?? []), ...sheets.flatMap((sheet) => [...sheet.values()])])
    if (!all.has(chargeKey(charge))) all.set(chargeKey(charge), charge);
  return sortCharges([...all.values()]).map((charge) => {
    const key = chargeKey(charge);
    const inForce = own.get(key);
    const counts = inForce && readOne(inForce);
    return {
      key,
      ...chargeName(charge),
      inForce: inForce && counts && { text: amountText(counts), note: originNote(inForce), differs: false },
      cells: offers.map((offer, index) => sourceCell(offer, sheets[index]?.get(key), counts, charge)),
    };
  });
}

/** "Input", "above 200,000 prompt tokens", and the unit where it is not 1M tokens. */
export function chargeName(charge: Charge): Pick<SheetRow, "name" | "condition" | "per"> {
  const { per } = displayCharge(charge);
  return {
    name: meterWords(charge.meter),
    condition: conditionWords(charge),
    per: per === "1M tokens" ? undefined : per,
  };
}

/** "All 3 sources agree", "1 of 3 sources differs from the price in force"; empty where fewer than two state a price. */
export function agreementOf(rows: readonly SheetRow[], offers: readonly Offer[]): string {
  const priced = offers.flatMap((offer, index) => (hasPrice(offer) ? [{ source: offer.source, index }] : []));
  const sources = new Set(priced.map(({ source }) => source)).size;
  const differing = new Set(
    priced.filter(({ index }) => rows.some(({ cells }) => cells[index]?.differs)).map(({ source }) => source),
  ).size;
  if (sources < 2) return differing === 0 ? "" : "The source differs from the price in force";
  if (differing === 0) return `All ${sources} sources agree`;
  return `${differing} of ${sources} sources ${differing === 1 ? "differs" : "differ"} from the price in force`;
}

/** The listing that most of the price in force comes from; undefined where that is a pin or nothing. */
export function mainOffer<Listing extends Offer>(
  rate: Rate | undefined,
  offers: readonly Listing[],
): Listing | undefined {
  const main = rate?.charges.find(({ isFilled, pinnedBy }) => !isFilled && pinnedBy === null);
  return offers.find((offer) => offer.source === main?.source && hasPrice(offer));
}

function hasPrice({ state, listing }: Offer): boolean {
  return listing.delistedAt === null && (state === "priced" || state === "free");
}

function sourceCell(
  offer: Offer,
  said: Charge | undefined,
  inForce: Charge | undefined,
  row: Charge,
): SheetCell | undefined {
  const charge = said ?? (isFreeOfLines(offer) && isBase(row) ? { ...row, amount: "0" as Decimal } : undefined);
  if (charge === undefined) return undefined;
  const text = amountText(charge);
  if (!hasPrice(offer) || inForce === undefined) return { text, note: "not in force", differs: false };
  if (charge.amount === inForce.amount) return { text, note: "", differs: false };
  return { text, note: differenceWords(inForce.amount, charge.amount), differs: true };
}

function differenceWords(inForce: Decimal, other: Decimal): string {
  if (other === "0" || inForce === "0") return "differs";
  return `differs, ${sizeOfChange(inForce, other)}`;
}

/** A sheet that is free without naming a charge says 0 of every one. */
function isFreeOfLines({ state, charges }: Offer): boolean {
  return state === "free" && charges.length === 0;
}

function isBase({ tier, window }: Charge): boolean {
  return tier === undefined && window === undefined;
}

function originNote({ pinnedBy, isFilled, source, isActive }: InForce): string {
  const origin = pinnedBy === null ? (isFilled ? `from ${source}` : "") : "pinned";
  return [origin, isActive ? "" : "not at this time of day"].filter(Boolean).join(", ");
}

function amountText(charge: Charge): string {
  return charge.amount === "0" ? "free" : usd(displayCharge(charge).amount);
}

function readOne(charge: InForce): Charge {
  const [read] = readCharges([charge]);
  if (read === undefined) throw new Error("a charge was lost while it was read");
  return read;
}
