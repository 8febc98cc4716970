import { hash } from "node:crypto";
import { chargeKey, sortCharges, type Charge } from "#/price/charge.ts";
import type { Offer } from "#/price/offer.ts";

function linesOf(charges: readonly Charge[]): string[] {
  return sortCharges(charges).map((charge) => `${chargeKey(charge)}=${charge.amount}`);
}

/** Identifies a state and its charges whatever their spelling or order: 32 hex digits of SHA-256. */
export function fingerprintOffer({ state, charges, discount }: Pick<Offer, "state" | "charges" | "discount">): string {
  const lines = linesOf(charges);
  if (discount !== undefined) lines.push(`list until ${discount.endsAt ?? "?"}`, ...linesOf(discount.listCharges));
  return hash("sha256", [state, ...lines].join("\n")).slice(0, 32);
}
