import { asc, eq } from "drizzle-orm";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { webhookDeliveries } from "#/alerts/schema.ts";

/**
 * Gives every message that is still to be sent an entry in a queue that has none, as after a restore. A receiver tells one that
 * it already has by its id. Answers how many.
 */
export async function sendPendingDeliveries({ db, deliveries }: Pick<AlertDeps, "db" | "deliveries">): Promise<number> {
  return db.transaction(async (tx) => {
    const pending = await tx
      .select({ deliveryId: webhookDeliveries.id })
      .from(webhookDeliveries)
      .where(eq(webhookDeliveries.state, "pending"))
      .orderBy(asc(webhookDeliveries.createdAt))
      .for("update");
    for (const { deliveryId } of pending) await deliveries.send(tx, { deliveryId });
    return pending.length;
  });
}
