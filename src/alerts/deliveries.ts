import { and, desc, eq, lt, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { TEST_EVENT } from "#/alerts/alert-event.ts";
import { writeBody } from "#/alerts/create-deliveries.ts";
import { deliverWebhook } from "#/alerts/deliver-webhook.ts";
import { deliveryAttempt, DELIVERY_STATES } from "#/alerts/delivery.ts";
import { webhookDeliveries, webhookEndpoints } from "#/alerts/schema.ts";
import { webhookBody } from "#/alerts/webhook-body.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";

export const deliveryView = z.object({
  id: z.string(),
  endpoint: z.string(),
  event: z.string(),
  state: z.enum(DELIVERY_STATES),
  /** Beside the state: how often it was tried since it was created or redelivered. */
  tries: z.number(),
  createdAt: z.string(),
  nextAttemptAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  attempts: z.array(deliveryAttempt),
  body: webhookBody,
});
export type DeliveryView = z.infer<typeof deliveryView>;

export const deliveryFilter = z.object({
  /** An endpoint's name. */
  endpoint: z.string().max(60).optional(),
  state: z.enum(DELIVERY_STATES).optional(),
  limit: z.int().min(1).max(200).default(50),
  /** `nextCursor` of the page before. */
  cursor: z.uuid().nullish(),
});

/** The log, newest first. */
export async function listDeliveries(
  db: Db,
  { endpoint, state, limit, cursor = null }: z.infer<typeof deliveryFilter>,
): Promise<{ deliveries: DeliveryView[]; nextCursor: string | null }> {
  const place = sql`(select d.created_at, d.id from webhook_deliveries d where d.id = ${cursor}::uuid)`;
  const rows = await db
    .select({ delivery: webhookDeliveries, endpoint: webhookEndpoints.name })
    .from(webhookDeliveries)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
    .where(
      and(
        endpoint === undefined ? undefined : eq(webhookEndpoints.name, endpoint),
        state === undefined ? undefined : eq(webhookDeliveries.state, state),
        cursor === null ? undefined : sql`(${webhookDeliveries.createdAt}, ${webhookDeliveries.id}) < ${place}`,
      ),
    )
    .orderBy(desc(webhookDeliveries.createdAt), desc(webhookDeliveries.id))
    .limit(limit + 1);
  const deliveries = rows.slice(0, limit).map((row) => view(row.delivery, row.endpoint));
  return { deliveries, nextCursor: rows.length > limit ? (deliveries.at(-1)?.id ?? null) : null };
}

function view(delivery: typeof webhookDeliveries.$inferSelect, endpoint: string): DeliveryView {
  const { id, event, state, tries, createdAt, nextAttemptAt, completedAt, attempts, body } = delivery;
  return {
    id,
    endpoint,
    event,
    state,
    tries,
    createdAt: createdAt.toISOString(),
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    completedAt: completedAt?.toISOString() ?? null,
    attempts: [...attempts],
    body,
  };
}

/** Sends the same message again, at once and then by the usual schedule. Throws `NOT_FOUND`, and `CONFLICT` when it can't. */
export async function redeliver(
  { db, deliveries }: Pick<AlertDeps, "db" | "deliveries">,
  actor: Principal,
  { id }: { id: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [found] = await tx
      .select({
        state: webhookDeliveries.state,
        event: webhookDeliveries.event,
        name: webhookEndpoints.name,
        disabledAt: webhookEndpoints.disabledAt,
      })
      .from(webhookDeliveries)
      .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
      .where(eq(webhookDeliveries.id, id))
      .for("update", { of: webhookDeliveries });
    if (found === undefined) throw new AppError("NOT_FOUND", "There is no such delivery; it may be too old to be kept");
    if (found.disabledAt !== null)
      throw new AppError("CONFLICT", `The webhook "${found.name}" is disabled: enable it first`);
    if (found.state === "pending") throw new AppError("CONFLICT", "It is still being tried; wait for its next attempt");
    await tx
      .update(webhookDeliveries)
      .set({ state: "pending", tries: 0, nextAttemptAt: sql`clock_timestamp()`, completedAt: null })
      .where(eq(webhookDeliveries.id, id));
    await deliveries.send(tx, { deliveryId: id });
    await recordAudit(tx, actor, { action: "alerts.redeliver", target: found.name, after: { id, event: found.event } });
  });
}

const LEFT_BEHIND_MS = 60_000;

/** Sends a message that says that it is a test, once, now, whether the endpoint is enabled or not. Throws `NOT_FOUND`. */
export async function testEndpoint(
  deps: AlertDeps,
  actor: Principal,
  { name }: { name: string },
): Promise<DeliveryView> {
  const { db, publicUrl, deliveries } = deps;
  const id = await db.transaction(async (tx) => {
    const [endpoint] = await tx
      .select({ id: webhookEndpoints.id })
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.name, name));
    if (endpoint === undefined) throw new AppError("NOT_FOUND", `There is no webhook called "${name}"`);
    const summary = `A test of the webhook "${name}", sent by ${actor.label}`;
    const body = await writeBody(tx, publicUrl, { event: TEST_EVENT, summary, path: "/settings/webhooks" });
    const [made] = await tx
      .insert(webhookDeliveries)
      .values({ endpointId: endpoint.id, event: TEST_EVENT, body })
      .returning({ id: webhookDeliveries.id });
    const deliveryId = made?.id ?? "";
    // In case that this process ends before it has sent it.
    await deliveries.send(tx, { deliveryId }, { startAfterMs: LEFT_BEHIND_MS });
    await recordAudit(tx, actor, { action: "alerts.test", target: name });
    return deliveryId;
  });
  await deliverWebhook(deps, id);
  const [delivery] = await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.id, id));
  if (delivery === undefined) throw new AppError("NOT_FOUND", `The webhook "${name}" was removed meanwhile`);
  return view(delivery, name);
}

/** Days after which a delivery that has ended is forgotten. */
export const DELIVERIES_KEPT_DAYS = 30;

/** Forgets what was delivered, or given up, long ago. */
export async function forgetOldDeliveries(db: Db): Promise<void> {
  const old = sql`clock_timestamp() - ${DELIVERIES_KEPT_DAYS} * interval '1 day'`;
  await db
    .delete(webhookDeliveries)
    .where(
      and(
        lt(webhookDeliveries.createdAt, old),
        or(eq(webhookDeliveries.state, "delivered"), eq(webhookDeliveries.state, "failed")),
      ),
    );
}
