import { eq, sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { instantText, nowText } from "#/platform/database-clock.ts";
import type { Db } from "#/platform/database.ts";
import { lockSchedule } from "#/schedules/lock-schedule.ts";
import { nextTicks } from "#/schedules/next-ticks.ts";
import { syncSchedules } from "#/schedules/schema.ts";

type Outcome<Done extends string> = Readonly<{ name: string; outcome: Done | "unchanged" }>;

/** Keeps a schedule from ticking until it is resumed. Throws `NOT_FOUND`. */
export async function pauseSchedule(
  db: Db,
  actor: Principal,
  { name, reason }: { name: string; reason?: string | undefined },
): Promise<Outcome<"paused">> {
  return db.transaction(async (tx) => {
    const { pausedAt } = await lockSchedule(tx, name);
    if (pausedAt !== null) return { name, outcome: "unchanged" };
    await tx
      .update(syncSchedules)
      .set({ pausedAt: sql`clock_timestamp()`, pausedBy: actor.label, pauseReason: reason ?? null })
      .where(eq(syncSchedules.name, name));
    await recordAudit(tx, actor, {
      action: "schedules.pause",
      target: name,
      ...(reason === undefined ? {} : { reason }),
      before: { paused: false },
      after: { paused: true },
    });
    return { name, outcome: "paused" };
  });
}

/** Lets it tick again, from now on: what it did not do while it was paused stays undone. Throws `NOT_FOUND`. */
export async function resumeSchedule(
  db: Db,
  actor: Principal,
  { name }: { name: string },
): Promise<Outcome<"resumed">> {
  return db.transaction(async (tx) => {
    const schedule = await lockSchedule(tx, name);
    if (schedule.pausedAt === null) return { name, outcome: "unchanged" };
    const [next] = nextTicks(schedule, await nowText(tx), 1);
    await tx
      .update(syncSchedules)
      .set({
        pausedAt: null,
        pausedBy: null,
        pauseReason: null,
        nextTickAt: next === undefined ? null : instantText(next),
      })
      .where(eq(syncSchedules.name, name));
    await recordAudit(tx, actor, {
      action: "schedules.resume",
      target: name,
      before: { paused: true },
      after: { paused: false },
    });
    return { name, outcome: "resumed" };
  });
}
