import { sql } from "drizzle-orm";
import { integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { MissedPolicy } from "#/terms/missed-policy.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** When syncs start automatically. */
export const syncSchedules = pgTable("sync_schedules", {
  name: text("name").primaryKey(),
  /** A cron rule of five fields, or an RRULE. */
  rule: text("rule").notNull(),
  timeZone: text("time_zone").notNull(),
  /** Null: every source that is enabled when the job starts. */
  sources: text("sources").array(),
  missedPolicy: text("missed_policy").$type<MissedPolicy>().notNull(),
  pausedAt: instant("paused_at"),
  pausedBy: text("paused_by"),
  pauseReason: text("pause_reason"),
  createdAt: instant("created_at")
    .notNull()
    .default(sql`clock_timestamp()`),
  createdBy: text("created_by").notNull(),
  updatedAt: instant("updated_at")
    .notNull()
    .default(sql`clock_timestamp()`),
  updatedBy: text("updated_by").notNull(),
  /** Null: it has come to its end. */
  nextTickAt: instant("next_tick_at"),
  /** The last tick that was handled, with a job or, by the policy, without one. */
  lastTickAt: instant("last_tick_at"),
  /** How many ticks were more than a minute late when that one was handled, itself included. */
  lastMissed: integer("last_missed").notNull().default(0),
  /** Why that tick has no job. */
  lastSkipReason: text("last_skip_reason"),
  lastJobId: uuid("last_job_id"),
});
