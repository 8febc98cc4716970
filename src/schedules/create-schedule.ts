import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { instantText, nowText } from "#/platform/database-clock.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { requireTicks } from "#/schedules/next-ticks.ts";
import type { NewSchedule } from "#/schedules/schedule-input.ts";
import { refuseUnknownSources } from "#/sync/jobs/trigger-sync.ts";
import { syncSchedules } from "#/schedules/schema.ts";

/**
 * Adds a schedule, which ticks from now on. Throws `INVALID` for a rule, zone or source that can't be used, `CONFLICT` when
 * the name is taken.
 */
export async function createSchedule(db: Db, actor: Principal, input: NewSchedule): Promise<{ name: string }> {
  const { name, rule, timeZone, sources, missedPolicy } = input;
  return db.transaction(async (tx) => {
    const [next = ""] = requireTicks(input, await nowText(tx), 1);
    if (sources !== null) await refuseUnknownSources(tx, sources);
    const added = await tx
      .insert(syncSchedules)
      .values({
        name,
        rule,
        timeZone,
        sources,
        missedPolicy,
        createdBy: actor.label,
        updatedBy: actor.label,
        nextTickAt: instantText(next),
      })
      .onConflictDoNothing()
      .returning({ name: syncSchedules.name });
    if (added.length === 0) throw new AppError("CONFLICT", `There is a schedule called "${name}" already`);
    await recordAudit(tx, actor, {
      action: "schedules.create",
      target: name,
      after: { rule, timeZone, sources, missedPolicy },
    });
    return { name };
  });
}
