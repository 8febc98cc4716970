import { z } from "zod";
import { MISSED_POLICIES } from "#/terms/missed-policy.ts";

export const scheduleName = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, "lower-case letters, digits, dots, dashes and underscores");

export const ticking = z.object({
  /** A cron rule of five fields, or an RRULE. */
  rule: z.string().trim().min(1).max(400),
  /** By its IANA name. */
  timeZone: z.string().trim().min(1).max(64).default("UTC"),
});

const sourceNames = z.array(z.string().min(1).max(100)).min(1).max(100);

export const newSchedule = ticking.extend({
  name: scheduleName,
  /** Null: all that are enabled when a job starts. */
  sources: sourceNames.nullable().default(null),
  missedPolicy: z.enum(MISSED_POLICIES).default("run_once"),
});
export type NewSchedule = z.infer<typeof newSchedule>;

/** What is left out stays as it is. */
export const scheduleChange = z.object({
  name: scheduleName,
  rule: ticking.shape.rule.optional(),
  timeZone: z.string().trim().min(1).max(64).optional(),
  sources: sourceNames.nullable().optional(),
  missedPolicy: z.enum(MISSED_POLICIES).optional(),
});
export type ScheduleChange = z.infer<typeof scheduleChange>;
