import type { QueueOptions } from "#/platform/queue.ts";

/** How long a live run may take is not the queue's business: liveness is the lease's. */
export const SYNC_QUEUE: QueueOptions = { name: "pricing-sync", atOnce: "one", pollSeconds: 10 };
