import { fingerprintOffer } from "#/price/fingerprint.ts";

/** The fingerprint of an offer without a price; a payload that names one always differs from it. */
export const UNKNOWN_FINGERPRINT = fingerprintOffer({ state: "unknown", charges: [] });
