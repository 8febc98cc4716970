import { and, arrayContains, isNull, ne } from "drizzle-orm";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import type { AlertEvent, WebhookEvent } from "#/alerts/alert-event.ts";
import { webhookDeliveries, webhookEndpoints } from "#/alerts/schema.ts";
import type { WebhookBody } from "#/alerts/webhook-body.ts";
import { nowText } from "#/platform/database-clock.ts";
import type { Tx } from "#/platform/database.ts";

type Deps = Pick<AlertDeps, "deliveries" | "publicUrl">;

/** A message without its link and its time. */
export type Message = Readonly<{
  event: WebhookEvent;
  summary: string;
  details?: readonly string[];
  /** Of the dashboard, such as `/review`. */
  path: string;
  data?: Readonly<Record<string, unknown>>;
}>;

/** Writes a message and its queue entry for each of the endpoints, in the caller's transaction. Answers their ids. */
export async function createDeliveries(
  tx: Tx,
  { deliveries, publicUrl }: Deps,
  endpointIds: readonly string[],
  message: Message,
): Promise<string[]> {
  if (endpointIds.length === 0) return [];
  const { event } = message;
  const body = await writeBody(tx, publicUrl, message);
  const rows = await tx
    .insert(webhookDeliveries)
    .values(endpointIds.map((endpointId) => ({ endpointId, event, body })))
    .returning({ id: webhookDeliveries.id });
  for (const { id } of rows) await deliveries.send(tx, { deliveryId: id });
  return rows.map(({ id }) => id);
}

export async function writeBody(
  tx: Tx,
  publicUrl: string | undefined,
  { event, summary, details = [], path, data = {} }: Message,
): Promise<WebhookBody> {
  const url = publicUrl === undefined ? null : `${publicUrl.replace(/\/+$/, "")}${path}`;
  return {
    type: event,
    timestamp: new Date(await nowText(tx)).toISOString(),
    data: { summary, details: [...details], url, ...data },
  };
}

/** The endpoints that want to be told of an event. */
export async function findListeners(tx: Tx, event: AlertEvent, except?: string): Promise<string[]> {
  const rows = await tx
    .select({ id: webhookEndpoints.id })
    .from(webhookEndpoints)
    .where(
      and(
        isNull(webhookEndpoints.disabledAt),
        arrayContains(webhookEndpoints.events, [event]),
        except === undefined ? undefined : ne(webhookEndpoints.id, except),
      ),
    );
  return rows.map(({ id }) => id);
}
