import type { QueueOptions } from "#/platform/queue.ts";

/** A receiver that never answers holds one of the places up for as long as a request may take. */
export const DELIVERY_QUEUE: QueueOptions = {
  name: "webhook-deliveries",
  atOnce: 4,
  pollSeconds: 30,
  longestSeconds: 120,
};
