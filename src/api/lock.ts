import { z } from "zod";
import { procedure, router } from "#/api/trpc.ts";
import { listWorkers, workerView } from "#/sync/run/announce-worker.ts";
import { forceReleaseLock } from "#/sync/lease/force-release-lock.ts";
import { listLockHistory, lockHolding } from "#/sync/lease/list-lock-history.ts";
import { getLockStatus, lockStatus } from "#/sync/lease/lease.ts";

export const lockRouter = router({
  /** The workers that were heard of lately. */
  workers: procedure
    .output(z.object({ workers: z.array(workerView) }))
    .query(async ({ ctx }) => ({ workers: await listWorkers(ctx.deps.db) })),

  status: procedure.output(lockStatus).query(({ ctx }) => getLockStatus(ctx.deps.db)),

  /** Who held the lock, when, and how that ended; the newest first. */
  history: procedure
    .input(
      z.object({
        limit: z.int().min(1).max(200).default(50),
        cursor: z
          .string()
          .regex(/^\d{1,18}$/)
          .optional(),
      }),
    )
    .output(z.object({ holdings: z.array(lockHolding), nextCursor: z.string().nullable() }))
    .query(({ ctx, input }) => listLockHistory(ctx.deps.db, input)),

  /** Takes the lock from a holder that is stuck; the reason is kept. */
  release: procedure
    .input(z.object({ reason: z.string().trim().min(3).max(500) }))
    .output(z.object({ released: z.boolean(), lock: lockStatus }))
    .mutation(({ ctx, input }) => forceReleaseLock(ctx.deps.db, ctx.principal, input)),
});
