import { findBaseAmount } from "#/price/charge.ts";
import { readCharges } from "#/price/read-charges.ts";
import type { ApiCharge } from "#/ui/price/charge-words.model.ts";
import type { Meter } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

type Listed = Readonly<{ state: OfferState; charges: readonly ApiCharge[]; delistedAt: string | null; source: string }>;
type Rate = Readonly<{ charges: readonly ApiCharge[]; from: readonly string[]; offers: readonly Listed[] }>;

const METERS_COMPARED = ["input", "output", "cache_read"] as const satisfies readonly Meter[];

/** Whom a price is from: "litellm", "litellm + models-dev", "pinned", "nobody". */
export function fromWords({ from }: Pick<Rate, "from">): string {
  if (from.length === 0) return "nobody";
  return from.map((source) => (source === "pin" ? "pinned" : source)).join(" + ");
}

/** "3 agree" or "1 of 3 differs" of the sources that price it; empty where only one does. */
export function agreementWords({ charges, offers }: Rate): string {
  const priced = offers.filter(
    ({ state, delistedAt }) => delistedAt === null && (state === "priced" || state === "free"),
  );
  const sources = new Set(priced.map(({ source }) => source)).size;
  if (sources < 2) return "";
  const differing = new Set(priced.filter((offer) => differs(charges, offer.charges)).map(({ source }) => source)).size;
  if (differing === 0) return `${sources} agree`;
  return `${differing} of ${sources} ${differing === 1 ? "differs" : "differ"}`;
}

/** Whether two sheets state a line otherwise that both have. */
function differs(a: readonly ApiCharge[], b: readonly ApiCharge[]): boolean {
  const [own, other] = [readCharges(a), readCharges(b)];
  return METERS_COMPARED.some((meter) => {
    const [left, right] = [findBaseAmount(own, meter), findBaseAmount(other, meter)];
    return left !== undefined && right !== undefined && left !== right;
  });
}
