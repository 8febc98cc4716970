import { asc, eq } from "drizzle-orm";
import { z } from "zod";
import { nowText } from "#/platform/database-clock.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { JOB_STATUSES } from "#/terms/job-status.ts";
import type { Schedule } from "#/schedules/lock-schedule.ts";
import { LATE_MS, MISSED_POLICIES } from "#/terms/missed-policy.ts";
import { nextTicks, requireTicks, type Ticking } from "#/schedules/next-ticks.ts";
import { readRule } from "#/schedules/read-rule.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { syncSchedules } from "#/schedules/schema.ts";

/** How many instants are shown. */
const SHOWN = 5;

export const scheduleView = z.object({
  name: z.string(),
  rule: z.string(),
  /** The rule for people; it says so where it can't be followed any more. */
  words: z.string(),
  timeZone: z.string(),
  /** Null: every source that is enabled when a job starts. */
  sources: z.array(z.string()).nullable(),
  missedPolicy: z.enum(MISSED_POLICIES),
  paused: z.object({ at: z.string(), by: z.string(), reason: z.string().nullable() }).nullable(),
  /** The next instants, by the database's clock; none while it is paused, or when it has come to its end. */
  next: z.array(z.string()),
  /** The last tick that was handled, and how many, itself included, were more than a minute late then; at most 500. */
  lastTick: z
    .object({
      at: z.string(),
      missed: z.number(),
      /** Why it has no run. */
      skipped: z.string().nullable(),
    })
    .nullable(),
  /** A tick that came over a minute ago and that no worker has handled yet. */
  overdueSince: z.string().nullable(),
  /** The last run, by a tick or by hand; null also when the last one is no longer kept. */
  lastRun: z
    .object({
      jobId: z.string(),
      status: z.enum(JOB_STATUSES),
      triggeredAt: z.string(),
      completedAt: z.string().nullable(),
    })
    .nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
  updatedAt: z.string(),
  updatedBy: z.string(),
});
export type ScheduleView = z.infer<typeof scheduleView>;

export const schedulePreview = z.object({ words: z.string(), next: z.array(z.string()) });

/** All schedules, by name. */
export async function listSchedules(db: Db): Promise<ScheduleView[]> {
  const now = await nowText(db);
  const rows = await db
    .select({ schedule: syncSchedules, job: pricingSyncJobs })
    .from(syncSchedules)
    .leftJoin(pricingSyncJobs, eq(pricingSyncJobs.jobId, syncSchedules.lastJobId))
    .orderBy(asc(syncSchedules.name));
  return rows.map(({ schedule, job }) => ({
    ...describe(schedule, now),
    lastRun: job && {
      jobId: job.jobId,
      status: job.status,
      triggeredAt: job.triggeredAt.toISOString(),
      completedAt: job.completedAt?.toISOString() ?? null,
    },
  }));
}

/** What a rule means, and when it would tick next. Throws `INVALID`. */
export async function previewSchedule(db: Db, ticking: Ticking): Promise<z.infer<typeof schedulePreview>> {
  const next = requireTicks(ticking, await nowText(db), SHOWN);
  return { words: readRule(ticking.rule).words, next };
}

function describe(schedule: Schedule, now: string): Omit<ScheduleView, "lastRun"> {
  const { name, rule, timeZone, sources, missedPolicy, pausedAt, pausedBy, pauseReason, lastTickAt, nextTickAt } =
    schedule;
  const isOverdue = pausedAt === null && nextTickAt !== null && Date.parse(now) - nextTickAt.getTime() > LATE_MS;
  return {
    name,
    rule,
    timeZone,
    sources,
    missedPolicy,
    ...tryTicks(schedule, now),
    paused: pausedAt && { at: pausedAt.toISOString(), by: pausedBy ?? "", reason: pauseReason },
    lastTick: lastTickAt && {
      at: lastTickAt.toISOString(),
      missed: schedule.lastMissed,
      skipped: schedule.lastSkipReason,
    },
    overdueSince: isOverdue ? nextTickAt.toISOString() : null,
    createdAt: schedule.createdAt.toISOString(),
    createdBy: schedule.createdBy,
    updatedAt: schedule.updatedAt.toISOString(),
    updatedBy: schedule.updatedBy,
  };
}

function tryTicks(schedule: Schedule, now: string): Pick<ScheduleView, "words" | "next"> {
  try {
    const { words } = readRule(schedule.rule);
    return { words, next: schedule.pausedAt === null ? nextTicks(schedule, now, SHOWN) : [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { words: error.message, next: [] };
  }
}
