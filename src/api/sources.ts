import { z } from "zod";
import { procedure, router } from "#/api/trpc.ts";
import { addSource } from "#/sources/add-source.ts";
import { enableSource } from "#/sources/enable-source.ts";
import { SOURCE_KINDS } from "#/sources/adapter.ts";
import { listSources, sourceView } from "#/sources/list-sources.ts";
import { sourceTest, testSource } from "#/sources/test-source.ts";

const sourceName = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, "lower-case letters, digits, dots, dashes and underscores");
const byName = z.object({ name: sourceName });

export const sourcesRouter = router({
  list: procedure
    .output(z.object({ sources: z.array(sourceView) }))
    .query(async ({ ctx }) => ({ sources: await listSources(ctx.deps.db) })),

  add: procedure
    .input(
      z.object({
        name: sourceName,
        kind: z.enum(SOURCE_KINDS),
        url: z
          .url({ protocol: /^https?$/ })
          .max(2_000)
          .optional(),
      }),
    )
    .output(sourceView)
    .mutation(({ ctx, input }) => addSource(ctx.deps.db, input)),

  enable: procedure
    .input(byName)
    .output(sourceView)
    .mutation(({ ctx, input }) => enableSource(ctx.deps.db, { ...input, enabled: true })),

  disable: procedure
    .input(byName)
    .output(sourceView)
    .mutation(({ ctx, input }) => enableSource(ctx.deps.db, { ...input, enabled: false })),

  /** Fetches and parses; writes nothing. */
  test: procedure
    .input(byName)
    .output(sourceTest)
    .mutation(({ ctx, input, signal }) => testSource(ctx.deps, { ...input, signal: signal ?? ctx.deps.draining })),
});
