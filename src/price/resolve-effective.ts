import type { Charge } from "#/price/charge.ts";
import { sortCharges } from "#/price/charge.ts";
import type { Ask } from "#/price/offer.ts";
import type { Meter } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

/** A price set by hand: for one meter, or, with `meter` null, for the whole offer. */
export type PinnedAsk = Ask & Readonly<{ meter: Meter | null }>;

export type EffectiveCharge<From> = Readonly<{ charge: Charge; from: From }>;
export type EffectivePrice<Source, Pin> = Readonly<{
  state: OfferState;
  charges: readonly EffectiveCharge<Source | Pin>[];
}>;

/**
 * What counts for one (seller, model, variant), meter by meter: the pin of the meter, else the pin of the whole offer,
 * else the first source that has the meter. `asks` stand in the order of trust; nothing is chosen for being cheap. A whole
 * pin answers alone: a meter that it does not list has no price.
 */
export function resolveEffective<Source extends Ask, Pin extends PinnedAsk>(
  asks: readonly Source[],
  pins: readonly Pin[],
): EffectivePrice<Source, Pin> {
  const whole = pins.find(({ meter }) => meter === null);
  const byMeter = pins.filter(({ meter }) => meter !== null);
  const below: readonly (Source | Pin)[] = whole === undefined ? asks.filter(hasPrice) : [whole];
  const taken = new Map<Meter, Source | Pin>();
  const chosen = new Map<Charge, Source | Pin>();
  for (const from of [...byMeter, ...below]) {
    for (const charge of from.charges) {
      if (taken.has(charge.meter) && taken.get(charge.meter) !== from) continue;
      taken.set(charge.meter, from);
      chosen.set(charge, from);
    }
  }
  const charges = sortCharges([...chosen.keys()]).flatMap((charge) => {
    const from = chosen.get(charge);
    return from === undefined ? [] : [{ charge, from }];
  });
  return { state: stateOf(charges, asks), charges };
}

function hasPrice({ state }: Ask): boolean {
  return state === "priced" || state === "free";
}

function stateOf(charges: readonly { charge: Charge }[], asks: readonly Ask[]): OfferState {
  if (charges.some(({ charge }) => charge.amount !== "0")) return "priced";
  if (charges.length > 0) return "free";
  return asks.some(({ state }) => state === "varies") ? "varies" : "unknown";
}
