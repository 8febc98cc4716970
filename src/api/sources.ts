import { z } from "zod";
import { procedure, router } from "#/api/trpc.ts";
import { tuneSource } from "#/sources/tune-source.ts";
import { rankOutcome, rankSource } from "#/book/rank-source.ts";
import { guardTrial, MOST_TRIAL_DAYS, tryGuard } from "#/book/try-guard.ts";
import { guardOverrides } from "#/price/guard-rules.ts";
import { addSource } from "#/sources/add-source.ts";
import { enableSource } from "#/sources/enable-source.ts";
import { SOURCE_KINDS } from "#/sources/adapter.ts";
import { describeKind, kindView } from "#/sources/describe-kind.ts";
import { listSources, sourceView } from "#/sources/list-sources.ts";
import { sourceSettings } from "#/sources/read-settings.ts";
import { sourceTest, testNewSource, testSource } from "#/sources/test-source.ts";
import { listSourceDays, sourceDays, sourceDaysInput } from "#/sync/jobs/list-source-days.ts";
import { listSourceHealth, sourceHealth } from "#/sync/jobs/list-source-health.ts";
import { removalOutcome, removeSource } from "#/sync/jobs/remove-source.ts";
import { updateSource } from "#/sync/jobs/update-source.ts";

const sourceName = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, "lower-case letters, digits, dots, dashes and underscores");
const reason = z.string().trim().min(3).max(500);
const byName = z.object({ name: sourceName });

export const sourcesRouter = router({
  list: procedure
    .output(z.object({ sources: z.array(sourceView.extend(sourceHealth.shape)), kinds: z.array(z.enum(SOURCE_KINDS)) }))
    .query(async ({ ctx }) => {
      const [healthOf, sources] = await Promise.all([listSourceHealth(ctx.deps.db), listSources(ctx.deps.db)]);
      return { sources: sources.map((source) => ({ ...source, ...healthOf(source.name) })), kinds: [...SOURCE_KINDS] };
    }),

  /** Day by day how the syncs of each source went, and whether it was fresh. */
  days: procedure
    .input(sourceDaysInput)
    .output(z.object({ sources: z.array(sourceDays) }))
    .query(async ({ ctx, input }) => ({ sources: await listSourceDays(ctx.deps.db, input) })),

  /** How the payloads of a kind are read: the unit of every price field, its options, and what a 0 means. */
  kind: procedure
    .input(z.object({ kind: z.enum(SOURCE_KINDS) }))
    .output(kindView)
    .query(({ input }) => describeKind(input.kind)),

  add: procedure
    .input(sourceSettings.extend({ name: sourceName }))
    .output(sourceView)
    .mutation(({ ctx, input }) => addSource(ctx.deps.db, ctx.principal, input)),

  /** Changes where and how it is read; what is not given stays, and a key's name of null is taken away. */
  update: procedure
    .input(
      sourceSettings
        .omit({ kind: true })
        .extend({ name: sourceName, apiKeyEnv: sourceSettings.shape.apiKeyEnv.nullable(), reason }),
    )
    .output(sourceView)
    .mutation(({ ctx, input }) => updateSource(ctx.deps.db, ctx.principal, input)),

  /** A dry run says which prices would move, and how many would be lost. */
  remove: procedure
    .input(byName.extend({ reason, force: z.boolean().default(false), dryRun: z.boolean().default(false) }))
    .output(removalOutcome)
    .mutation(({ ctx, input }) => removeSource(ctx.deps.db, ctx.principal, input)),

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

  /** The same for one that is not added yet. It sends the key to the address that is given: only who may add one may try it. */
  testNew: procedure
    .input(sourceSettings)
    .output(sourceTest)
    .mutation(({ ctx, input, signal }) => testNewSource(ctx.deps, { ...input, signal: signal ?? ctx.deps.draining })),
});
