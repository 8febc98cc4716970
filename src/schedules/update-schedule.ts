import { eq, sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { instantText, nowText } from "#/platform/database-clock.ts";
import type { Db } from "#/platform/database.ts";
import { lockSchedule } from "#/schedules/lock-schedule.ts";
import { requireTicks } from "#/schedules/next-ticks.ts";
import type { ScheduleChange } from "#/schedules/schedule-input.ts";
import { refuseUnknownSources } from "#/sync/jobs/trigger-sync.ts";
import { syncSchedules } from "#/schedules/schema.ts";

/**
 * Changes a schedule. A new rule or zone counts from now: ticks of the old one that nobody has handled are gone. Throws
 * `NOT_FOUND`, and `INVALID` for a rule, zone or source that can't be used.
 */
export async function updateSchedule(db: Db, actor: Principal, change: ScheduleChange): Promise<{ name: string }> {
  return db.transaction(async (tx) => {
    const schedule = await lockSchedule(tx, change.name);
    const { name } = schedule;
    const before = pickSettings(schedule);
    const after = {
      rule: change.rule ?? before.rule,
      timeZone: change.timeZone ?? before.timeZone,
      sources: change.sources === undefined ? before.sources : change.sources,
      missedPolicy: change.missedPolicy ?? before.missedPolicy,
    };
    // One that was disabled since may stay.
    const added = (after.sources ?? []).filter((source) => before.sources?.includes(source) !== true);
    if (added.length > 0) await refuseUnknownSources(tx, added);
    const isRetimed = after.rule !== before.rule || after.timeZone !== before.timeZone;
    const [next = ""] = isRetimed ? requireTicks(after, await nowText(tx), 1) : [];
    await tx
      .update(syncSchedules)
      .set({
        ...after,
        updatedAt: sql`clock_timestamp()`,
        updatedBy: actor.label,
        ...(isRetimed ? { nextTickAt: instantText(next) } : {}),
      })
      .where(eq(syncSchedules.name, name));
    await recordAudit(tx, actor, { action: "schedules.update", target: name, before, after });
    return { name };
  });
}

type Settings = Readonly<
  Required<Pick<typeof syncSchedules.$inferSelect, "rule" | "timeZone" | "sources" | "missedPolicy">>
>;

/** What people set of a schedule. */
export function pickSettings({ rule, timeZone, sources, missedPolicy }: Settings): Settings {
  return { rule, timeZone, sources, missedPolicy };
}
