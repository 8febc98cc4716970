import { and, eq, isNull, sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { createDeliveries, findListeners } from "#/alerts/create-deliveries.ts";
import { giveUpDeliveries } from "#/alerts/endpoints.ts";
import { FAILING_DAYS } from "#/alerts/retry-schedule.ts";
import { webhookEndpoints } from "#/alerts/schema.ts";
import type { Tx } from "#/platform/database.ts";

const ALERTS: Principal = { kind: "system", id: "alerts", label: "alerts", role: "operator" };

type Failure = Readonly<{
  error: string;
  /** The receiver says that it is there no more. */
  isGone: boolean;
}>;

/**
 * Notes a failure, and disables an endpoint to which nothing has got through for days. That is said to the others, and
 * stands in the audit log and on the page.
 */
export async function stopFailingEndpoint(
  tx: Tx,
  deps: Pick<AlertDeps, "deliveries" | "publicUrl">,
  { id, name }: Readonly<{ id: string; name: string }>,
  { error, isGone }: Failure,
): Promise<void> {
  const failingSince = sql`coalesce(${webhookEndpoints.failingSince}, clock_timestamp())`;
  const [noted] = await tx
    .update(webhookEndpoints)
    .set({ failingSince })
    .where(and(eq(webhookEndpoints.id, id), isNull(webhookEndpoints.disabledAt)))
    .returning({
      hasFailedForDays: sql<boolean>`failing_since < clock_timestamp() - ${FAILING_DAYS} * interval '1 day'`,
    });
  if (noted === undefined || !(noted.hasFailedForDays || isGone)) return;
  const reason = isGone
    ? `It says that it is gone for good: ${error}`
    : `Nothing got through for ${FAILING_DAYS} days; the last time: ${error}`;
  await tx
    .update(webhookEndpoints)
    .set({ disabledAt: sql`clock_timestamp()`, disabledReason: reason })
    .where(eq(webhookEndpoints.id, id));
  await giveUpDeliveries(tx, id);
  await recordAudit(tx, ALERTS, { action: "alerts.disableEndpoint", target: name, reason });
  await createDeliveries(tx, deps, await findListeners(tx, "webhook.disabled", id), {
    event: "webhook.disabled",
    summary: `The webhook "${name}" is disabled`,
    details: [reason],
    path: "/settings/webhooks",
    data: { endpoint: name, reason },
  });
}
