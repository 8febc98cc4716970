import { eq } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { lockSchedule } from "#/schedules/lock-schedule.ts";
import { pickSettings } from "#/schedules/update-schedule.ts";
import { syncSchedules } from "#/schedules/schema.ts";

/** Takes a schedule away for good; the jobs that it has queued stay. Throws `NOT_FOUND`. */
export async function removeSchedule(db: Db, actor: Principal, { name }: { name: string }): Promise<{ name: string }> {
  return db.transaction(async (tx) => {
    const schedule = await lockSchedule(tx, name);
    await tx.delete(syncSchedules).where(eq(syncSchedules.name, name));
    await recordAudit(tx, actor, { action: "schedules.remove", target: name, before: pickSettings(schedule) });
    return { name };
  });
}
