import { eq } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { syncSchedules } from "#/schedules/schema.ts";

export type Schedule = typeof syncSchedules.$inferSelect;

/** The schedule, which nobody else changes or ticks until the transaction ends. Throws `NOT_FOUND`. */
export async function lockSchedule(tx: Tx, name: string): Promise<Schedule> {
  const [schedule] = await tx.select().from(syncSchedules).where(eq(syncSchedules.name, name)).for("update");
  if (schedule === undefined) throw new AppError("NOT_FOUND", `There is no schedule called "${name}"`);
  return schedule;
}
