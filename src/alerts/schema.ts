import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { AlertEvent, Condition, WebhookEvent } from "#/alerts/alert-event.ts";
import type { DeliveryAttempt, DeliveryState } from "#/alerts/delivery.ts";
import type { WebhookBody } from "#/alerts/webhook-body.ts";
import type { WebhookShape } from "#/alerts/webhook-shape.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });
const now = sql`clock_timestamp()`;

/**
 * What has happened that somebody may want to be told of. Triggers write it in the transaction in which it happens, so
 * that neither a room nor a hand in the database can forget to; it is gone once it was looked at.
 */
export const alertSignals = pgTable("alert_signals", {
  id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
  at: instant("at").notNull().default(now),
  kind: text("kind").$type<"job.ended" | "price.changed" | "price.held" | "lock.stolen">().notNull(),
  /** The run it belongs to; it is looked at when that has ended. */
  jobId: uuid("job_id"),
  data: jsonb("data").$type<unknown>().notNull(),
});

/** What is wrong now, and what was until lately: one row per condition and what it is about. */
export const alerts = pgTable(
  "alerts",
  {
    event: text("event").$type<Condition>().notNull(),
    /** A source, or a seller and its model; empty for a run that never got to a source. */
    subject: text("subject").notNull(),
    openedAt: instant("opened_at").notNull().default(now),
    /** Null while it lasts. */
    endedAt: instant("ended_at"),
    jobId: uuid("job_id"),
    /** What went wrong, in words. */
    detail: text("detail").notNull(),
  },
  (table) => [primaryKey({ columns: [table.event, table.subject] })],
);

export const webhookEndpoints = pgTable("webhook_endpoints", {
  id: uuid("id").primaryKey().defaultRandom(),
  name: text("name").notNull().unique(),
  /** Encrypted, as the addresses of chat services are credentials; `shownUrl` is what people see of it. */
  sealedUrl: text("sealed_url").notNull(),
  shownUrl: text("shown_url").notNull(),
  shape: text("shape").$type<WebhookShape>().notNull(),
  /** Encrypted; null where the shape is not signed. */
  sealedSecret: text("sealed_secret"),
  /** Signs beside the new one until `previousUntil`. */
  sealedPreviousSecret: text("sealed_previous_secret"),
  previousUntil: instant("previous_until"),
  events: text("events").array().$type<AlertEvent[]>().notNull(),
  /** So long must a condition last before it is told, and so long must it be over. */
  holdSeconds: integer("hold_seconds").notNull(),
  createdBy: text("created_by").notNull(),
  createdAt: instant("created_at").notNull().default(now),
  disabledAt: instant("disabled_at"),
  disabledReason: text("disabled_reason"),
  lastSuccessAt: instant("last_success_at"),
  /** The first failure since the last success. */
  failingSince: instant("failing_since"),
});

/** The conditions that an endpoint was told of and not yet of their end. */
export const webhookTold = pgTable(
  "webhook_told",
  {
    endpointId: uuid("endpoint_id")
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: "cascade" }),
    event: text("event").$type<Condition>().notNull(),
    subject: text("subject").notNull(),
    toldAt: instant("told_at").notNull().default(now),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.event, table.subject] })],
);

/** Everything that was, or is to be, sent. Its id is the receiver's `webhook-id`, the same in every attempt. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    endpointId: uuid("endpoint_id")
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: "cascade" }),
    event: text("event").$type<WebhookEvent>().notNull(),
    body: jsonb("body").$type<WebhookBody>().notNull(),
    state: text("state").$type<DeliveryState>().notNull().default("pending"),
    createdAt: instant("created_at").notNull().default(now),
    /** Attempts since it was created, or redelivered. */
    tries: integer("tries").notNull().default(0),
    /** Null when it is delivered or given up. */
    nextAttemptAt: instant("next_attempt_at").default(now),
    completedAt: instant("completed_at"),
    /** The latest ones, oldest first. */
    attempts: jsonb("attempts").$type<readonly DeliveryAttempt[]>().notNull().default([]),
  },
  (table) => [
    // Serves: the log, newest first, of all endpoints and of one. Read backwards: a descending one of Drizzle's has its nulls elsewhere.
    index("webhook_deliveries_listed").on(table.createdAt, table.id),
    index("webhook_deliveries_of_endpoint").on(table.endpointId, table.createdAt, table.id),
  ],
);
