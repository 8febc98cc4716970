import { z } from "zod";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { deliverWebhook } from "#/alerts/deliver-webhook.ts";
import type { Clock } from "#/platform/clock.ts";
import type { Queue } from "#/platform/queue.ts";

type Deps = AlertDeps & Readonly<{ clock: Clock }>;

const entryData = z.object({ deliveryId: z.uuid() });

/** A receiver that has not answered by then is asked again by another worker. */
const GRACE_MS = 2_000;

/** Sends what is to be sent, several at once, until stopped. Only workers do it. */
export async function startDeliveries(
  deps: Deps,
  queue: Pick<Queue, "work" | "stopWorking">,
): Promise<{ stop: () => Promise<void> }> {
  const stopped = new AbortController();
  await queue.work(async (data) => {
    const { deliveryId } = entryData.parse(data);
    await deliverWebhook(deps, deliveryId, stopped.signal).catch((error: unknown) => {
      deps.log.warn({ err: error, deliveryId }, "alerts: a delivery could not be made, and is tried again");
      throw error;
    });
  });
  return {
    async stop() {
      const idle = queue.stopWorking();
      await Promise.race([idle, deps.clock.sleep(GRACE_MS, stopped.signal)]);
      stopped.abort();
      await idle;
    },
  };
}
