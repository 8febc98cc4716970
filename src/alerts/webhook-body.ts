import { z } from "zod";

/** What is sent: the Standard Webhooks payload. `data` has `summary`, `details` and `url` whatever the event. */
export const webhookBody = z.object({
  type: z.string(),
  /** When it happened, ISO 8601 in UTC. */
  timestamp: z.string(),
  data: z.looseObject({
    /** One line for people. */
    summary: z.string(),
    /** A few more. */
    details: z.array(z.string()),
    /** Where to look; null without `PUBLIC_URL`. */
    url: z.string().nullable(),
  }),
});
export type WebhookBody = z.infer<typeof webhookBody>;
