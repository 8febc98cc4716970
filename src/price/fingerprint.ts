import { createHash } from "node:crypto";
import { chargeKey, sortCharges } from "#/price/charge.ts";
import type { Offer } from "#/price/offer.ts";

/** Identifies a state and its charges whatever their spelling or order: 32 hex digits of SHA-256. */
export function fingerprintOffer({ state, charges }: Pick<Offer, "state" | "charges">): string {
  const lines = sortCharges(charges).map((charge) => `${chargeKey(charge)}=${charge.amount}`);
  return createHash("sha256")
    .update([state, ...lines].join("\n"))
    .digest("hex")
    .slice(0, 32);
}
