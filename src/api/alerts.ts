import { z } from "zod";
import { ALERT_EVENTS, alertEvent } from "#/alerts/alert-event.ts";
import { deliveryFilter, deliveryView, listDeliveries, redeliver, testEndpoint } from "#/alerts/deliveries.ts";
import {
  addEndpoint,
  disableEndpoint,
  enableEndpoint,
  endpointView,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
  updateEndpoint,
} from "#/alerts/endpoints.ts";
import { alertView, listAlerts } from "#/alerts/list-alerts.ts";
import { WEBHOOK_SHAPES } from "#/alerts/webhook-shape.ts";
import { procedure, router } from "#/api/trpc.ts";

const name = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, "lower-case letters, digits, dots, dashes and underscores");
const reason = z.string().trim().min(3).max(500);
const events = z.array(alertEvent).min(1).max(alertEvent.options.length);
/** At most a day: what is over for longer than that is forgotten. */
const holdSeconds = z.int().min(0).max(86_400).default(0);
const eventView = z.object({ event: alertEvent, words: z.string() });
const EVENTS = alertEvent.options.map((event) => ({ event, words: ALERT_EVENTS[event] }));
const done = z.object({ done: z.literal(true) });
const DONE = { done: true } as const;

export const alertsRouter = router({
  /** What is wrong now. */
  current: procedure
    .output(z.object({ alerts: z.array(alertView) }))
    .query(async ({ ctx }) => ({ alerts: await listAlerts(ctx.deps.db) })),

  /** The endpoints, and what they can be told. */
  endpoints: procedure
    .output(z.object({ endpoints: z.array(endpointView), events: z.array(eventView) }))
    .query(async ({ ctx }) => ({ endpoints: await listEndpoints(ctx.deps.db), events: EVENTS })),

  /** The signing secret is told this once; a chat service's address is its own. */
  addEndpoint: procedure
    .input(z.object({ name, url: z.string().min(1).max(2_000), shape: z.enum(WEBHOOK_SHAPES), events, holdSeconds }))
    .output(z.object({ id: z.string(), signingSecret: z.string().nullable() }))
    .mutation(({ ctx, input }) => addEndpoint(ctx.deps.alerts, ctx.principal, input)),

  updateEndpoint: procedure
    .input(z.object({ name, events, holdSeconds }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await updateEndpoint(ctx.deps.db, ctx.principal, input);
      return DONE;
    }),

  enableEndpoint: procedure
    .input(z.object({ name }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await enableEndpoint(ctx.deps.db, ctx.principal, input);
      return DONE;
    }),

  disableEndpoint: procedure
    .input(z.object({ name, reason }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await disableEndpoint(ctx.deps.db, ctx.principal, input);
      return DONE;
    }),

  /** The new secret is told this once; the old one signs beside it for a day. */
  rotateSecret: procedure
    .input(z.object({ name }))
    .output(z.object({ signingSecret: z.string() }))
    .mutation(({ ctx, input }) => rotateSecret(ctx.deps.alerts, ctx.principal, input)),

  removeEndpoint: procedure
    .input(z.object({ name, reason }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await removeEndpoint(ctx.deps.db, ctx.principal, input);
      return DONE;
    }),

  /** Sends a test now, once, and answers what came of it. */
  test: procedure
    .input(z.object({ name }))
    .output(deliveryView)
    .mutation(({ ctx, input }) => testEndpoint(ctx.deps.alerts, ctx.principal, input)),

  deliveries: procedure
    .input(deliveryFilter)
    .output(z.object({ deliveries: z.array(deliveryView), nextCursor: z.string().nullable() }))
    .query(({ ctx, input }) => listDeliveries(ctx.deps.db, input)),

  redeliver: procedure
    .input(z.object({ id: z.uuid() }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await redeliver(ctx.deps.alerts, ctx.principal, input);
      return DONE;
    }),
});
