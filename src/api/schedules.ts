import { z } from "zod";
import { procedure, router } from "#/api/trpc.ts";
import { createSchedule } from "#/schedules/create-schedule.ts";
import { listSchedules, previewSchedule, schedulePreview, scheduleView } from "#/schedules/list-schedules.ts";
import { pauseSchedule, resumeSchedule } from "#/schedules/pause-schedule.ts";
import { removeSchedule } from "#/schedules/remove-schedule.ts";
import { runSchedule } from "#/schedules/run-schedule.ts";
import { newSchedule, scheduleChange, scheduleName, ticking } from "#/schedules/schedule-input.ts";
import { updateSchedule } from "#/schedules/update-schedule.ts";

const byName = z.object({ name: scheduleName });

export const schedulesRouter = router({
  list: procedure
    .output(z.object({ schedules: z.array(scheduleView) }))
    .query(async ({ ctx }) => ({ schedules: await listSchedules(ctx.deps.db) })),

  /** What a rule means and when it would tick next; writes nothing. */
  preview: procedure
    .input(ticking)
    .output(schedulePreview)
    .query(({ ctx, input }) => previewSchedule(ctx.deps.db, input)),

  create: procedure
    .input(newSchedule)
    .output(byName)
    .mutation(({ ctx, input }) => createSchedule(ctx.deps.db, ctx.principal, input)),

  update: procedure
    .input(scheduleChange)
    .output(byName)
    .mutation(({ ctx, input }) => updateSchedule(ctx.deps.db, ctx.principal, input)),

  pause: procedure
    .input(byName.extend({ reason: z.string().trim().min(3).max(500).optional() }))
    .output(byName.extend({ outcome: z.enum(["paused", "unchanged"]) }))
    .mutation(({ ctx, input }) => pauseSchedule(ctx.deps.db, ctx.principal, input)),

  resume: procedure
    .input(byName)
    .output(byName.extend({ outcome: z.enum(["resumed", "unchanged"]) }))
    .mutation(({ ctx, input }) => resumeSchedule(ctx.deps.db, ctx.principal, input)),

  runNow: procedure
    .input(byName.extend({ requestId: z.string().min(1).max(200).optional() }))
    .output(z.object({ outcome: z.enum(["queued", "already_queued"]), jobId: z.string() }))
    .mutation(({ ctx, input }) => runSchedule(ctx.deps, ctx.principal, input)),

  remove: procedure
    .input(byName)
    .output(byName)
    .mutation(({ ctx, input }) => removeSchedule(ctx.deps.db, ctx.principal, input)),
});
