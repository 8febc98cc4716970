import { z } from "zod";

/** `pending` until a receiver has accepted it, or until it is given up. */
export const DELIVERY_STATES = ["pending", "delivered", "failed"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const deliveryAttempt = z.object({
  at: z.string(),
  /** What the receiver answered; null when nothing came back. */
  status: z.number().nullable(),
  durationMs: z.number(),
  /** What went wrong, in words; null when it was accepted. */
  error: z.string().nullable(),
});
export type DeliveryAttempt = z.infer<typeof deliveryAttempt>;
