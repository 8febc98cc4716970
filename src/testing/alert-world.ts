import { sql } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import type { AlertEvent } from "#/alerts/alert-event.ts";
import { listDeliveries, type DeliveryView } from "#/alerts/deliveries.ts";
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import { addEndpoint } from "#/alerts/endpoints.ts";
import { alerts, webhookDeliveries, webhookEndpoints } from "#/alerts/schema.ts";
import { startDeliveries } from "#/alerts/start-deliveries.ts";
import { webhookBody } from "#/alerts/webhook-body.ts";
import { systemClock } from "#/platform/clock.ts";
import type { Queue } from "#/platform/queue.ts";
import { createLog } from "#/platform/log.ts";
import { sources } from "#/sources/schema.ts";
import { ACTOR, failed, fetched, openrouterDocument, openSyncWorld } from "#/testing/sync-world.ts";
import { openWebhookReceiver } from "#/testing/webhook-receiver.ts";

/** Model id -> USD per token for input and output; absent: the source fails. */
type Prices = Readonly<Record<string, readonly [string, string]>> | undefined;

/** A sync world with a worker, one that delivers, and a receiver of webhooks. Nothing raises alerts but the test itself. */
export async function openAlertWorld() {
  const world = await openSyncWorld();
  const { db } = world;
  const receiver = await openWebhookReceiver();
  const queue = await world.queues.open(DELIVERY_QUEUE);
  const deps: AlertDeps & { deliveries: Queue } = {
    db,
    deliveries: queue,
    secret: "s".repeat(40),
    allowPrivateNetwork: true,
    publicUrl: "https://prices.example/",
    log: createLog("silent"),
  };
  const deliveries = await startDeliveries({ ...deps, clock: systemClock }, queue);
  await world.startWorker();

  /** What the source `name` answers from now on. */
  function answer(name: string, prices: Prices): void {
    world.answers.set(name, () =>
      prices === undefined ? failed(`${name} answered 500`) : fetched(openrouterDocument(prices)),
    );
  }

  return {
    ...world,
    receiver,
    deps,
    answer,
    async addPriceSource(name: string, prices: Prices): Promise<void> {
      await world.addSource(name, () => failed("not yet"));
      answer(name, prices);
    },
    /** Syncs the sources named; answers the job's id once it has ended. */
    async sync(...names: string[]): Promise<string> {
      const { jobId } = await world.trigger({ sources: names });
      await world.ended(jobId);
      return jobId;
    },
    /** An endpoint at the receiver's path of that name. */
    async listen(name: string, events: readonly AlertEvent[], holdSeconds = 0) {
      const url = `${receiver.url}/${name}`;
      const { id, signingSecret } = await addEndpoint(deps, ACTOR, {
        name,
        url,
        shape: "standard",
        events,
        holdSeconds,
      });
      return { id, signingSecret: signingSecret ?? "" };
    },
    /** A message that waits to be sent, and that no worker knows of. */
    async addDelivery(endpointId: string): Promise<string> {
      const body = { type: "lock.stolen", timestamp: "", data: { summary: "x", details: [], url: null } };
      const [made] = await db
        .insert(webhookDeliveries)
        .values({ endpointId, event: "lock.stolen", body })
        .returning({ id: webhookDeliveries.id });
      return made?.id ?? "";
    },
    /** The bodies of what came to an endpoint's path, at least so many, with every signature checked. */
    async messages(name: string, secret: string, count: number) {
      const received = await receiver.has(`/${name}`, count);
      return received.map(({ text, headers }) =>
        webhookBody.parse(new Webhook(secret).verify(text, headers as Record<string, string>)),
      );
    },
    deliveriesOf: async (endpoint: string): Promise<DeliveryView[]> =>
      (await listDeliveries(db, { endpoint, limit: 50 })).deliveries,
    /** Without endpoints, alerts, signals and sources that are read. */
    async clear(): Promise<void> {
      await db.delete(webhookEndpoints);
      await db.delete(alerts);
      await db.execute(sql`truncate alert_signals`);
      await db.update(sources).set({ enabled: false });
    },
    async close(): Promise<void> {
      await deliveries.stop();
      await receiver.close();
      await world.close();
    },
  };
}

export type AlertWorld = Awaited<ReturnType<typeof openAlertWorld>>;
