import { tracked } from "@trpc/server";
import { z } from "zod";
import { procedure, router, streamWhileAllowed } from "#/api/trpc.ts";
import { listRunChanges, runChanges } from "#/book/list-run-changes.ts";
import { cancelSync } from "#/sync/jobs/cancel-sync.ts";
import { compareSyncs, syncComparison } from "#/sync/jobs/compare-syncs.ts";
import { getTimeline, syncTimeline } from "#/sync/jobs/get-timeline.ts";
import { syncEventData, SYNC_EVENT_KINDS } from "#/terms/event.ts";
import {
  getSync,
  listActiveSyncs,
  listDeadLetters,
  listSyncs,
  syncDetail,
  syncSummary,
} from "#/sync/jobs/list-syncs.ts";
import { failSync } from "#/sync/jobs/fail-sync.ts";
import { cancelledOne, cancelManySyncs, manyInput, retriedOne, retryManySyncs } from "#/sync/jobs/many-syncs.ts";
import { getQueueStats, queueStats } from "#/sync/jobs/queue-stats.ts";
import { redriveSyncs, retryInput, retrySync } from "#/sync/jobs/retry-sync.ts";
import { dailyRuns, stripInput, stripSyncs } from "#/sync/jobs/strip-syncs.ts";
import { syncFilter } from "#/sync/jobs/sync-filter.ts";
import { triggerReplay } from "#/sync/jobs/trigger-replay.ts";
import { triggerRevert } from "#/sync/jobs/trigger-revert.ts";
import { triggerSync } from "#/sync/jobs/trigger-sync.ts";
import { watchEvents } from "#/sync/events/watch-events.ts";

const jobId = z.object({ jobId: z.uuid() });
/** An idempotency key: the same one with the same request is the same job. */
const requestId = z.string().min(1).max(200).optional();
const reason = z.string().trim().min(3).max(500);
const retried = z.object({ outcome: z.enum(["queued", "already_queued"]), jobId: z.string() });
const eventId = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt);

export const syncEvent = z.object({
  id: z.string(),
  jobId: z.string(),
  at: z.string(),
  kind: z.enum(SYNC_EVENT_KINDS),
  data: syncEventData,
});

export const syncsRouter = router({
  trigger: procedure
    .input(
      z.object({
        sources: z.array(z.string().min(1).max(100)).min(1).max(100).optional(),
        ifBusy: z.enum(["queue", "reject"]).optional(),
        dryRun: z.boolean().optional(),
        requestId,
      }),
    )
    .output(z.object({ outcome: z.enum(["queued", "already_queued"]), jobId: z.string() }))
    .mutation(({ ctx, input }) => triggerSync(ctx.deps, ctx.principal, input)),

  /** Reads a stored payload again, after its parser was mended. */
  replay: procedure
    .input(
      z.object({
        source: z.string().min(1).max(100),
        digest: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
        dryRun: z.boolean().optional(),
        requestId,
      }),
    )
    .output(z.object({ jobId: z.string(), digest: z.string() }))
    .mutation(({ ctx, input }) => triggerReplay(ctx.deps, ctx.principal, input)),

  /** Takes back what one run changed; what later runs changed stays. */
  revert: procedure
    .input(jobId.extend({ reason, dryRun: z.boolean().optional(), requestId }))
    .output(jobId)
    .mutation(({ ctx, input }) => triggerRevert(ctx.deps, ctx.principal, input)),

  /** Queues what an ended sync was to do, or what of it failed, as a new one. */
  retry: procedure
    .input(retryInput)
    .output(retried)
    .mutation(({ ctx, input }) => retrySync(ctx.deps, ctx.principal, input)),

  /** Ends a stuck sync as failed and shuts its worker out. */
  fail: procedure
    .input(jobId.extend({ reason }))
    .output(z.object({ outcome: z.enum(["failed", "already_ended"]), jobId: z.string() }))
    .mutation(({ ctx, input }) => failSync(ctx.deps, ctx.principal, input)),

  /** Syncs that failed for good and that nobody has tried again. */
  deadLetters: procedure
    .input(z.object({ limit: z.int().min(1).max(200).default(50) }))
    .output(z.object({ syncs: z.array(syncSummary) }))
    .query(async ({ ctx, input }) => ({ syncs: await listDeadLetters(ctx.deps.db, input) })),

  redrive: procedure
    .input(z.object({ jobIds: z.array(z.uuid()).min(1).max(200), reason }))
    .output(z.object({ retries: z.array(retried) }))
    .mutation(({ ctx, input }) => redriveSyncs(ctx.deps, ctx.principal, input)),

  cancel: procedure
    .input(jobId.extend({ reason: reason.optional() }))
    .output(z.object({ outcome: z.enum(["cancelled", "cancelling", "already_ended"]), jobId: z.string() }))
    .mutation(({ ctx, input }) => cancelSync(ctx.deps, ctx.principal, input)),

  /** Each run has its outcome; a client shows progress by sending slices. */
  cancelMany: procedure
    .input(manyInput)
    .output(z.object({ results: z.array(cancelledOne) }))
    .mutation(async ({ ctx, input }) => ({ results: await cancelManySyncs(ctx.deps, ctx.principal, input) })),

  retryMany: procedure
    .input(manyInput)
    .output(z.object({ results: z.array(retriedOne) }))
    .mutation(async ({ ctx, input }) => ({ results: await retryManySyncs(ctx.deps, ctx.principal, input) })),

  queueStats: procedure
    .input(z.object({ hours: z.int().min(1).max(168).default(24) }))
    .output(queueStats)
    .query(({ ctx, input }) => getQueueStats(ctx.deps.db, input)),

  get: procedure
    .input(jobId)
    .output(syncDetail)
    .query(({ ctx, input }) => getSync(ctx.deps.db, input.jobId)),

  /** A lane per source with its phases and attempts on one axis. */
  timeline: procedure
    .input(jobId)
    .output(syncTimeline)
    .query(({ ctx, input }) => getTimeline(ctx.deps.db, input.jobId)),

  /** The prices in force that a run changed, all of them page by page, the largest change first. */
  changes: procedure
    .input(
      jobId.extend({
        limit: z.int().min(1).max(500).default(100),
        cursor: z.string().max(1_000).optional(),
      }),
    )
    .output(runChanges)
    .query(({ ctx, input }) => listRunChanges(ctx.deps.db, input)),

  /** Two runs side by side; at most `limit` of the prices that they moved differently are listed. */
  compare: procedure
    .input(z.object({ a: z.uuid(), b: z.uuid(), limit: z.int().min(1).max(500).default(200) }))
    .output(syncComparison)
    .query(({ ctx, input }) => compareSyncs(ctx.deps.db, input)),

  list: procedure
    .input(
      syncFilter.extend({
        limit: z.int().min(1).max(200).default(25),
        cursor: z.string().max(200).optional(),
      }),
    )
    .output(z.object({ syncs: z.array(syncSummary), nextCursor: z.string().nullable() }))
    .query(({ ctx, input }) => listSyncs(ctx.deps.db, input)),

  /** How runs ended, day by day, oldest first. */
  strip: procedure
    .input(stripInput)
    .output(z.object({ days: z.array(dailyRuns) }))
    .query(async ({ ctx, input }) => ({ days: await stripSyncs(ctx.deps.db, input) })),

  active: procedure
    .output(z.object({ running: z.array(syncSummary), queued: z.array(syncSummary) }))
    .query(({ ctx }) => listActiveSyncs(ctx.deps.db)),

  /** One sync's events until it has ended, or everybody's from now on; continues after `lastEventId`. */
  watch: procedure
    .input(z.object({ jobId: z.uuid().optional(), lastEventId: eventId.optional() }))
    .subscription(({ ctx, input: { jobId, lastEventId: afterId }, path, signal }) =>
      streamWhileAllowed({ ctx, path, signal }, async function* (stop) {
        for await (const event of watchEvents(ctx.deps, { jobId, afterId, signal: stop })) {
          const id = String(event.id);
          yield tracked(id, syncEvent.parse({ ...event, id }));
        }
      }),
    ),
});
