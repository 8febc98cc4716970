import { findBaseAmount } from "#/price/charge.ts";
import { readCharges } from "#/price/read-charges.ts";
import type { ApiCharge } from "#/ui/price/charge-words.model.ts";
import type { Meter } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

type Listed = Readonly<{ state: OfferState; charges: readonly ApiCharge[]; delistedAt: string | null; source: string }>;
type Sheet = Readonly<{ state: OfferState; charges: readonly ApiCharge[] }>;
type Rate = Sheet & Readonly<{ from: readonly string[]; offers: readonly Listed[] }>;

const METERS_COMPARED = ["input", "output", "cache_read"] as const satisfies readonly Meter[];

/** Whom a price is from: "litellm", "litellm + models-dev", "pinned", "nobody". */
export function fromWords({ from }: Pick<Rate, "from">): string {
  if (from.length === 0) return "nobody";
  return from.map((source) => (source === "pin" ? "pinned" : source)).join(" + ");
}

/** "3 agree" or "1 of 3 differs" of the sources that price it; empty where only one does. */
export function agreementWords({ state, charges, offers }: Rate): string {
  const priced = offers.filter(
    ({ state, delistedAt }) => delistedAt === null && (state === "priced" || state === "free"),
  );
  const sources = new Set(priced.map(({ source }) => source)).size;
  if (sources < 2) return "";
  const differing = new Set(priced.filter((offer) => differs({ state, charges }, offer)).map(({ source }) => source))
    .size;
  if (differing === 0) return `${sources} agree`;
  return `${differing} of ${sources} ${differing === 1 ? "differs" : "differ"}`;
}

/** Whether two sheets state a line otherwise that both have. A free sheet without lines says 0 of every one. */
function differs(a: Sheet, b: Sheet): boolean {
  const [own, other] = [readCharges(a.charges), readCharges(b.charges)];
  return METERS_COMPARED.some((meter) => {
    const left = findBaseAmount(own, meter) ?? (isFreeOfLines(a) ? "0" : undefined);
    const right = findBaseAmount(other, meter) ?? (isFreeOfLines(b) ? "0" : undefined);
    return left !== undefined && right !== undefined && left !== right;
  });
}

function isFreeOfLines({ state, charges }: Sheet): boolean {
  return state === "free" && charges.length === 0;
}
