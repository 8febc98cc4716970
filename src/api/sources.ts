import { z } from "zod";
import { procedure, router } from "#/api/trpc.ts";
import { tuneSource } from "#/sources/tune-source.ts";
import { rankOutcome, rankSource } from "#/book/rank-source.ts";
import { guardTrial, MOST_TRIAL_DAYS, tryGuard } from "#/book/try-guard.ts";
import { guardOverrides } from "#/price/guard-rules.ts";
import { addSource } from "#/sources/add-source.ts";
import { enableSource } from "#/sources/enable-source.ts";
import { SOURCE_KINDS } from "#/sources/adapter.ts";
import { listSources, sourceView } from "#/sources/list-sources.ts";
import { isSecretName } from "#/sources/secret-name.ts";
import { sourceTest, testSource } from "#/sources/test-source.ts";

const sourceName = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, "lower-case letters, digits, dots, dashes and underscores");
const reason = z.string().trim().min(3).max(500);
const byName = z.object({ name: sourceName });

export const sourcesRouter = router({
  list: procedure
    .output(z.object({ sources: z.array(sourceView), kinds: z.array(z.enum(SOURCE_KINDS)) }))
    .query(async ({ ctx }) => ({ sources: await listSources(ctx.deps.db), kinds: [...SOURCE_KINDS] })),

  add: procedure
    .input(
      z.object({
        name: sourceName,
        kind: z.enum(SOURCE_KINDS),
        url: z
          .url({ protocol: /^https?$/ })
          .max(2_000)
          .optional(),
        /** The name of the environment variable that holds the source's key; the key itself is never stored. */
        apiKeyEnv: z
          .string()
          .refine(isSecretName, "a variable's name ending in _API_KEY, _TOKEN or _KEY, and none of the server's own")
          .optional(),
        options: z.record(z.string().max(60), z.union([z.string().max(200), z.boolean(), z.number()])).optional(),
      }),
    )
    .output(sourceView)
    .mutation(({ ctx, input }) => addSource(ctx.deps.db, ctx.principal, input)),

  enable: procedure
    .input(byName)
    .output(sourceView)
    .mutation(({ ctx, input }) => enableSource(ctx.deps.db, ctx.principal, { ...input, enabled: true })),

  disable: procedure
    .input(byName.extend({ reason }))
    .output(sourceView)
    .mutation(({ ctx, input }) => enableSource(ctx.deps.db, ctx.principal, { ...input, enabled: false })),

  /** How far the guard's thresholds differ from the defaults for this source. */
  tune: procedure
    .input(byName.extend({ guard: guardOverrides, reason }))
    .output(sourceView)
    .mutation(({ ctx, input }) => tuneSource(ctx.deps.db, ctx.principal, input)),

  /** Moves a source to a place in the order in which sources count; a dry run says which prices that would change. */
  rank: procedure
    .input(byName.extend({ rank: z.int().min(1).max(10_000), reason, dryRun: z.boolean().default(false) }))
    .output(rankOutcome)
    .mutation(({ ctx, input }) => rankSource(ctx.deps.db, ctx.principal, input)),

  /** What these thresholds would have held in the last days, by the history of prices and holds. Writes nothing. */
  tryGuard: procedure
    .input(byName.extend({ guard: guardOverrides.default({}), days: z.int().min(1).max(MOST_TRIAL_DAYS).default(30) }))
    .output(guardTrial)
    .query(({ ctx, input }) => tryGuard(ctx.deps.db, { ...input, source: input.name })),

  /** Fetches and parses; writes nothing. */
  test: procedure
    .input(byName)
    .output(sourceTest)
    .mutation(({ ctx, input, signal }) => testSource(ctx.deps, { ...input, signal: signal ?? ctx.deps.draining })),
});
