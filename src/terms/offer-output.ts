import { z } from "zod";
import { METERS, UNITS } from "#/terms/meter.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

/** A charge as every answer gives it. */
export const chargeOutput = z.object({
  meter: z.enum(METERS),
  unit: z.enum(UNITS),
  /** USD per one unit, an exact decimal. */
  amount: z.string(),
  tier: z.object({ above: z.number(), of: z.enum(["results", "seconds"]).optional() }).optional(),
  window: z.object({ from: z.string(), to: z.string() }).optional(),
});

/** What every answer about an offer begins with. */
export const offerShape = {
  source: z.string(),
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  state: z.enum(OFFER_STATES),
  charges: z.array(chargeOutput),
};

/** What is taken off the list price; `endsAt` is an ISO 8601 instant in UTC. */
export const discountOutput = z.object({ listCharges: z.array(chargeOutput), endsAt: z.string().optional() });

/** What is asked for one unit of everything, as every answer gives it. */
export const askOutput = z.object({ state: z.enum(OFFER_STATES), charges: z.array(chargeOutput) });
