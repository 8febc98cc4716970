import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { JobInput } from "#/terms/job-input.ts";
import type { JobKind } from "#/terms/job-kind.ts";
import type { SourceResult } from "#/terms/source-result.ts";
import type { AttemptOutcome, JobStatus } from "#/terms/job-status.ts";
import type { SourceCounts, JobProgress } from "#/terms/progress.ts";
import type { SyncEventData, SyncEventKind } from "#/terms/event.ts";
import type { SourceOutcome } from "#/terms/source-outcome.ts";
import type { UnreadField } from "#/terms/unread-field.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** Fences come from here and never from the row, so that not even a hand-made DELETE can restart them. */
export const pricingSyncFence = pgSequence("pricing_sync_fence");

/**
 * One row per key, kept for ever. Held while `locked_by` is set and `expires_at` has not passed.
 * The unique (lock_key, fence) is what lets a writer's `FOR KEY SHARE` block a takeover and nothing else.
 */
export const pricingSyncLock = pgTable(
  "pricing_sync_lock",
  {
    lockKey: text("lock_key").primaryKey(),
    fence: bigint("fence", { mode: "bigint" }).notNull(),
    /** One id per acquisition, not per process. */
    lockedBy: text("locked_by"),
    /** Host and process id, for people. */
    worker: text("worker"),
    jobId: uuid("job_id"),
    lockedAt: instant("locked_at"),
    renewedAt: instant("renewed_at"),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [unique("pricing_sync_lock_fence").on(table.lockKey, table.fence)],
);

export const pricingSyncJobs = pgTable(
  "pricing_sync_jobs",
  {
    jobId: uuid("job_id").primaryKey().defaultRandom(),
    kind: text("kind").$type<JobKind>().notNull().default("sync"),
    /** What the kind needs to know beside the sources. */
    input: jsonb("input").$type<JobInput>().notNull().default({}),
    status: text("status").$type<JobStatus>().notNull().default("queued"),
    triggeredBy: text("triggered_by").notNull(),
    triggeredAt: instant("triggered_at")
      .notNull()
      .default(sql`clock_timestamp()`),
    startedAt: instant("started_at"),
    completedAt: instant("completed_at"),
    errorMessage: text("error_message"),
    /** Null: every source that is enabled when the job starts. */
    sources: text("sources").array(),
    /** The caller's idempotency key; the same one from the same caller is the same job. */
    requestId: text("request_id"),
    /** Of what was asked under that key, so that another request under it is told from the same one. */
    requestDigest: text("request_digest"),
    queueEntryId: uuid("queue_entry_id"),
    attempt: integer("attempt").notNull().default(0),
    worker: text("worker"),
    fence: bigint("fence", { mode: "bigint" }),
    progress: jsonb("progress").$type<JobProgress>(),
    /** Queued again by itself, for this instant at the earliest. */
    retryAt: instant("retry_at"),
    /** The job that somebody asked to be tried again by this one. */
    retryOf: uuid("retry_of"),
    cancelRequestedAt: instant("cancel_requested_at"),
    cancelledBy: text("cancelled_by"),
  },
  (table) => [
    uniqueIndex("pricing_sync_jobs_request").on(table.triggeredBy, table.requestId),
    // Serves: the list, newest first, filtered or not. Read backwards: a descending one of Drizzle's has its nulls elsewhere.
    index("pricing_sync_jobs_listed").on(table.triggeredAt, table.jobId),
    // Serves: what is queued or running now.
    index("pricing_sync_jobs_active")
      .on(table.triggeredAt)
      .where(sql`status in ('queued', 'running')`),
    // Serves: which failed jobs were tried again.
    index("pricing_sync_jobs_retry_of")
      .on(table.retryOf)
      .where(sql`retry_of is not null`),
  ],
);

/** Every attempt of a job: who ran it, under which fence, and why it ended. */
export const pricingSyncAttempts = pgTable(
  "pricing_sync_attempts",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => pricingSyncJobs.jobId, { onDelete: "cascade" }),
    attempt: integer("attempt").notNull(),
    worker: text("worker").notNull(),
    fence: bigint("fence", { mode: "bigint" }).notNull(),
    startedAt: instant("started_at")
      .notNull()
      .default(sql`clock_timestamp()`),
    endedAt: instant("ended_at"),
    /** Null while it runs. */
    outcome: text("outcome").$type<AttemptOutcome>(),
    message: text("message"),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.attempt] }),
    // Serves: who held the lock, newest first.
    index("pricing_sync_attempts_fence").on(table.fence),
  ],
);

/** The workers that live: each says so every few seconds, and leaves when it stops. */
export const syncWorkers = pgTable("sync_workers", {
  id: uuid("id").primaryKey(),
  /** Host and process id, for people. */
  name: text("name").notNull(),
  startedAt: instant("started_at")
    .notNull()
    .default(sql`clock_timestamp()`),
  seenAt: instant("seen_at")
    .notNull()
    .default(sql`clock_timestamp()`),
});

/** How one source went in one job. */
export const pricingSyncLog = pgTable(
  "pricing_sync_log",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    jobId: uuid("job_id")
      .notNull()
      .references(() => pricingSyncJobs.jobId, { onDelete: "cascade" }),
    source: text("source").notNull(),
    outcome: text("outcome").$type<SourceOutcome>().notNull(),
    startedAt: instant("started_at").notNull(),
    completedAt: instant("completed_at")
      .notNull()
      .default(sql`clock_timestamp()`),
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    /** Whether trying again, unchanged, can help; null where nothing failed. */
    retryable: boolean("retryable"),
    httpStatus: integer("http_status"),
    bytes: integer("bytes"),
    payloadDigest: text("payload_digest"),
    counts: jsonb("counts").$type<SourceCounts>().notNull(),
    /** The first few rejects, for people; all of them are counted by reason in `counts`. */
    rejectSamples: jsonb("reject_samples")
      .$type<readonly { path: string; reason: string; detail: string }[]>()
      .notNull(),
    /** Fields that were not read, by name and reason. */
    unreadFields: jsonb("unread_fields").$type<readonly UnreadField[]>().notNull().default([]),
    notes: jsonb("notes").$type<readonly string[]>().notNull(),
    fetchMs: integer("fetch_ms"),
    parseMs: integer("parse_ms"),
    applyMs: integer("apply_ms"),
    attempt: integer("attempt").notNull(),
    fence: bigint("fence", { mode: "bigint" }).notNull(),
  },
  (table) => [unique("pricing_sync_log_job_source").on(table.jobId, table.source)],
);

/** What a run did to the prices of one source, line by line, or in a dry run would do. Read for one job's page alone. */
export const pricingSyncResults = pgTable(
  "pricing_sync_results",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => pricingSyncJobs.jobId, { onDelete: "cascade" }),
    source: text("source").notNull(),
    result: jsonb("result").$type<SourceResult>().notNull(),
    fence: bigint("fence", { mode: "bigint" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.source] })],
);

/** Append-only; the id is the SSE event id. One job's become visible in order, and all of them up to the horizon of `append-event.ts`. */
export const pricingSyncEvents = pgTable(
  "pricing_sync_events",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    jobId: uuid("job_id")
      .notNull()
      .references(() => pricingSyncJobs.jobId, { onDelete: "cascade" }),
    at: instant("at")
      .notNull()
      .default(sql`clock_timestamp()`),
    kind: text("kind").$type<SyncEventKind>().notNull(),
    data: jsonb("data").$type<SyncEventData>().notNull(),
    fence: bigint("fence", { mode: "bigint" }),
  },
  // Serves: one job's events after an id.
  (table) => [index("pricing_sync_events_job").on(table.jobId, table.id)],
);
