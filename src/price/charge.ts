import { METERS, UNITS, type Meter, type Unit } from "#/terms/meter.ts";
import { compareDecimals, shiftPoint, type Decimal } from "#/price/decimal.ts";

/**
 * Cliff semantics: above the boundary *all* of the request costs the tier's amount.
 * `of` is what the boundary counts: prompt tokens unless it says otherwise.
 */
export type Tier = Readonly<{ above: number; of?: "results" | "seconds" }>;

/** Time of day in UTC, `[from, to)`, `HH:MM`; may wrap midnight. */
export type Window = Readonly<{ from: string; to: string }>;

/** `amount` is USD per one `unit`, exact. */
export type Charge = Readonly<{
  meter: Meter;
  unit: Unit;
  amount: Decimal;
  tier?: Tier;
  window?: Window;
}>;

// Written out once: the guard asks for the same few keys a hundred thousand times a payload.
const PLAIN_KEYS = new Map<string, ReadonlyMap<string, string>>(
  METERS.map((meter) => [meter, new Map(UNITS.map((unit) => [unit, `${meter}/${unit}`]))]),
);

/** What makes two charges the same line of a price sheet: everything but the amount. */
export function chargeKey({ meter, unit, tier, window }: Omit<Charge, "amount">): string {
  const plain = PLAIN_KEYS.get(meter)?.get(unit) ?? `${meter}/${unit}`;
  if (tier === undefined && window === undefined) return plain;
  const above = tier ? `>${tier.above}${tier.of ?? ""}` : "";
  const time = window ? `@${window.from}-${window.to}` : "";
  return `${plain}${above}${time}`;
}

const meterRank = new Map<string, number>(METERS.map((meter, rank) => [meter, rank]));

// The same order as `localeCompare`, several times as quick.
const texts = new Intl.Collator("en");

function compareCharges(a: Charge, b: Charge): number {
  return (
    (meterRank.get(a.meter) ?? 0) - (meterRank.get(b.meter) ?? 0) ||
    texts.compare(a.unit, b.unit) ||
    (a.tier?.above ?? -1) - (b.tier?.above ?? -1) ||
    texts.compare(chargeKey(a), chargeKey(b))
  );
}

/** One order for every sheet, so that equal sheets have equal texts. */
export function sortCharges(charges: readonly Charge[]): Charge[] {
  return charges.toSorted(compareCharges);
}

/** The amount for a meter with neither tier nor window: what a list shows in its column. */
export function findBaseAmount(charges: readonly Charge[], meter: Meter, unit: Unit = "token"): Decimal | undefined {
  return charges.find((c) => c.meter === meter && c.unit === unit && !c.tier && !c.window)?.amount;
}

/** Units that people read by the million. */
const PER_MILLION: ReadonlySet<Unit> = new Set(["token", "character", "pixel"]);

/** How a charge is shown to people: `{ amount: "2.5", per: "1M tokens" }`, amount in USD. */
export function displayCharge(charge: Pick<Charge, "amount" | "unit">): { amount: Decimal; per: string } {
  if (PER_MILLION.has(charge.unit)) return { amount: shiftPoint(charge.amount, 6), per: `1M ${charge.unit}s` };
  return { amount: charge.amount, per: charge.unit === "gb_day" ? "GB and day" : charge.unit };
}

export type ChargeChange = Readonly<{ key: string; before?: Charge; after?: Charge }>;

/** The lines that differ between two sheets of one offer, in the order of the sheet. */
export function diffCharges(before: readonly Charge[], after: readonly Charge[]): ChargeChange[] {
  const old = new Map(before.map((charge) => [chargeKey(charge), charge]));
  const changes: ChargeChange[] = [];
  for (const charge of after) {
    const key = chargeKey(charge);
    const previous = old.get(key);
    old.delete(key);
    if (previous === undefined) changes.push({ key, after: charge });
    else if (compareDecimals(previous.amount, charge.amount) !== 0)
      changes.push({ key, before: previous, after: charge });
  }
  for (const [key, charge] of old) changes.push({ key, before: charge });
  return changes;
}
