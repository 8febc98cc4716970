import { z } from "zod";

/** The header of every REST route that queues a job. */
export const idempotencyHeaders = z.object({
  "idempotency-key": z.string().min(1).max(200).optional().meta({
    description:
      "A request that was sent before with this key answers the job that it made then. Another request with the key is refused with 409",
  }),
});
