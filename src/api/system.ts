import { z } from "zod";
import { listChecks } from "#/api/list-checks.ts";
import { listRetention, retentionRule } from "#/api/list-retention.ts";
import { procedure, router } from "#/api/trpc.ts";
import { check } from "#/platform/check-database.ts";

export const systemRouter = router({
  /** Everything that has to be right for prices to be fresh, each with its result. */
  doctor: procedure.output(z.object({ passed: z.boolean(), checks: z.array(check) })).query(async ({ ctx }) => {
    const checks = await listChecks(ctx.deps.db);
    return { passed: checks.every(({ passed }) => passed), checks };
  }),

  /** How long everything is kept, and where that is set. */
  retention: procedure.output(z.object({ rules: z.array(retentionRule) })).query(() => ({ rules: listRetention() })),
});
