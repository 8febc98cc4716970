import { z } from "zod";
import { procedure, router } from "#/api/trpc.ts";
import { forceReleaseLock } from "#/sync/force-release-lock.ts";
import { getLockStatus, lockStatus } from "#/sync/lease.ts";

export const lockRouter = router({
  status: procedure.output(lockStatus).query(({ ctx }) => getLockStatus(ctx.deps.db)),

  /** Takes the lock from a holder that is stuck; the reason is kept. */
  release: procedure
    .input(z.object({ reason: z.string().trim().min(3).max(500) }))
    .output(z.object({ released: z.boolean(), lock: lockStatus }))
    .mutation(({ ctx, input }) => forceReleaseLock(ctx.deps.db, ctx.principal, input)),
});
