import { z } from "zod";
import { REJECT_REASONS } from "#/terms/offer.ts";

/** `may_move_price`: nobody declared it, no price was refused for it, and a bill may still depend on it. */
export const UNREAD_REASONS = [...REJECT_REASONS, "may_move_price"] as const;

/** A field of a payload that was not read, with how often and one sample. `field` is empty for entries as a whole. */
export const unreadField = z.object({
  field: z.string(),
  reason: z.enum(UNREAD_REASONS),
  count: z.int(),
  /** Where the first one is in the payload, and what it holds there, cut. */
  path: z.string(),
  value: z.string(),
});
export type UnreadField = z.infer<typeof unreadField>;
