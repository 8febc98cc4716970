import type { Charge, Tier } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";

/** A charge as it comes out of the book or the API. */
type WrittenCharge = Pick<Charge, "meter" | "unit"> &
  Readonly<{
    amount: string;
    tier?: (Pick<Tier, "above"> & { of?: Tier["of"] | undefined }) | undefined;
    window?: Charge["window"] | undefined;
  }>;

/** Charges with their amounts as exact decimals. Throws on an amount that is none. */
export function readCharges(charges: readonly WrittenCharge[]): Charge[] {
  return charges.map(({ meter, unit, amount, tier, window }) => ({
    meter,
    unit,
    amount: decimal(amount),
    ...(tier === undefined ? {} : { tier: { above: tier.above, ...(tier.of === undefined ? {} : { of: tier.of }) } }),
    ...(window === undefined ? {} : { window }),
  }));
}
