import { and, eq } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { auditLog } from "#/access/schema.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { createSchedule } from "#/schedules/create-schedule.ts";
import type { NewSchedule } from "#/schedules/schedule-input.ts";

const FIRST: NewSchedule = {
  name: "every-hour",
  rule: "0 * * * *",
  timeZone: "UTC",
  sources: null,
  missedPolicy: "run_once",
};
const SEED: Principal = { kind: "system", id: "seed", label: "ratebook", role: "admin" };

/** Gives a database its first schedule, once: the audit log remembers it, so that one that was deleted stays away. */
export async function seedSchedules(db: Db): Promise<void> {
  const seeded = and(eq(auditLog.actorId, SEED.id), eq(auditLog.action, "schedules.create"));
  if ((await db.$count(auditLog, seeded)) > 0) return;
  await createSchedule(db, SEED, FIRST).catch((error: unknown) => {
    // Another process was a moment faster.
    if (!(error instanceof AppError && error.code === "CONFLICT")) throw error;
  });
}
