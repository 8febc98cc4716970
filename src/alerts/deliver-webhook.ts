import { and, eq, sql } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { TEST_EVENT } from "#/alerts/alert-event.ts";
import type { DeliveryAttempt } from "#/alerts/delivery.ts";
import { stopFailingEndpoint } from "#/alerts/stop-failing-endpoint.ts";
import { waitBeforeSending } from "#/alerts/retry-schedule.ts";
import { webhookDeliveries, webhookEndpoints } from "#/alerts/schema.ts";
import { unseal } from "#/alerts/sealed-text.ts";
import { sendWebhook, type SendInput, type SendOutcome } from "#/alerts/send-webhook.ts";
import { writeWebhook } from "#/alerts/webhook-shape.ts";
import type { Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";

type Delivery = typeof webhookDeliveries.$inferSelect;
type Endpoint = typeof webhookEndpoints.$inferSelect;

const ATTEMPTS_KEPT = 20;
const GONE = 410;

/**
 * Makes the next attempt of a delivery that is pending, and writes what came of it. One that was lost with its process
 * between the two, or broken off by the signal, is made again: a receiver knows a repetition by its `webhook-id`. A test is
 * tried once.
 */
export async function deliverWebhook(deps: AlertDeps, deliveryId: string, signal?: AbortSignal): Promise<void> {
  const [found] = await deps.db
    .select({ delivery: webhookDeliveries, endpoint: webhookEndpoints })
    .from(webhookDeliveries)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
    .where(and(eq(webhookDeliveries.id, deliveryId), eq(webhookDeliveries.state, "pending")));
  if (found === undefined) return;
  const { delivery, endpoint } = found;
  const outcome = await attempt(deps, delivery, endpoint, signal);
  await deps.db.transaction((tx) => settle(tx, deps, found, outcome));
}

async function attempt(
  deps: AlertDeps,
  delivery: Delivery,
  endpoint: Endpoint,
  signal: AbortSignal | undefined,
): Promise<SendOutcome> {
  const { allowPrivateNetwork } = deps;
  try {
    return await sendWebhook({ ...(await writeRequest(deps, delivery, endpoint)), allowPrivateNetwork, signal });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { status: null, durationMs: 0, error: error.message };
  }
}

async function writeRequest(
  { secret }: AlertDeps,
  { id, body }: Delivery,
  { shape, sealedUrl, sealedSecret, sealedPreviousSecret, previousUntil }: Endpoint,
): Promise<Pick<SendInput, "url" | "headers" | "text">> {
  const url = await unseal(secret, sealedUrl);
  const text = writeWebhook(shape, body);
  if (sealedSecret === null) return { url, headers: {}, text };
  const at = new Date();
  const previous = previousUntil !== null && previousUntil > at ? sealedPreviousSecret : null;
  const secrets = await Promise.all(
    [sealedSecret, ...(previous === null ? [] : [previous])].map((text) => unseal(secret, text)),
  );
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": secrets.map((one) => new Webhook(one).sign(id, at, text)).join(" "),
  };
  return { url, headers, text };
}

async function settle(
  tx: Tx,
  deps: AlertDeps,
  { delivery, endpoint }: { delivery: Delivery; endpoint: Endpoint },
  outcome: SendOutcome,
): Promise<void> {
  const { error, status, durationMs, retryAfterSeconds } = outcome;
  // The endpoint before its deliveries, as whoever disables it does.
  await tx.select().from(webhookEndpoints).where(eq(webhookEndpoints.id, endpoint.id)).for("no key update");
  const tries = delivery.tries + 1;
  const wait =
    error === null || delivery.event === TEST_EVENT || endpoint.disabledAt !== null
      ? undefined
      : waitBeforeSending({ tries, retryAfterSeconds, random: Math.random() });
  const made: Omit<DeliveryAttempt, "at"> = { status, durationMs, error };
  const isOver = error === null || wait === undefined;
  const moved = await tx
    .update(webhookDeliveries)
    .set({
      tries,
      state: error === null ? "delivered" : isOver ? "failed" : "pending",
      nextAttemptAt: isOver ? null : sql`clock_timestamp() + ${wait} * interval '1 millisecond'`,
      completedAt: isOver ? sql`clock_timestamp()` : null,
      attempts: sql`jsonb_path_query_array(
        attempts || jsonb_build_array(${JSON.stringify(made)}::text::jsonb || jsonb_build_object('at', to_json(clock_timestamp()))),
        ${`$[last - ${ATTEMPTS_KEPT - 1} to last]`}::jsonpath)`,
    })
    .where(
      and(
        eq(webhookDeliveries.id, delivery.id),
        eq(webhookDeliveries.state, "pending"),
        eq(webhookDeliveries.tries, delivery.tries),
      ),
    )
    .returning({ id: webhookDeliveries.id });
  if (moved.length === 0) return;
  if (error === null) return noteSuccess(tx, endpoint);
  if (delivery.event === TEST_EVENT) return;
  if (!isOver) await deps.deliveries.send(tx, { deliveryId: delivery.id }, { startAfterMs: wait });
  await stopFailingEndpoint(tx, deps, endpoint, { error, isGone: status === GONE });
}

async function noteSuccess(tx: Tx, { id }: Endpoint): Promise<void> {
  await tx
    .update(webhookEndpoints)
    .set({ lastSuccessAt: sql`clock_timestamp()`, failingSince: null })
    .where(eq(webhookEndpoints.id, id));
}
