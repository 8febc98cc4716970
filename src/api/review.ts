import { z } from "zod";
import { procedure, router } from "#/api/trpc.ts";
import { approveHolds, DECISIONS, decideHolds, decisionOutcome, rejectHolds } from "#/book/decide-holds.ts";
import { holdFilter, holdIds, MOST_HOLD_IDS } from "#/book/hold-filter.ts";
import { listHoldIds, listReviewedHolds, openHolds, readOpenHolds, reviewedHold } from "#/book/list-holds.ts";
import { reopenHolds, undoDecision } from "#/book/reopen-holds.ts";

const id = z.string().regex(/^\d{1,19}$/);
const reason = z.string().trim().min(3).max(500);
const decision = z.object({ filter: holdFilter, reason });
const decided = z.object({ decided: z.number() });

export const reviewRouter = router({
  /** How many holds wait for a person, and how bad the worst is. */
  count: procedure.output(openHolds).query(({ ctx }) => readOpenHolds(ctx.deps.db)),

  /** Holds one by one, the worst first: the price before, the one held, what others asked then and what they ask now. */
  list: procedure
    .input(
      z.object({
        filter: holdFilter.default({}),
        limit: z.int().min(1).max(1_000).default(200),
        cursor: z.string().max(1_000).optional(),
      }),
    )
    .output(z.object({ holds: z.array(reviewedHold), total: z.number(), nextCursor: z.string().nullable() }))
    .query(({ ctx, input }) => listReviewedHolds(ctx.deps.db, input)),

  /** Which holds there are, the worst first, so that a list of thousands has its true length and is read where it is looked at. */
  order: procedure
    .input(
      z.object({ filter: holdFilter.default({}), limit: z.int().min(1).max(MOST_HOLD_IDS).default(MOST_HOLD_IDS) }),
    )
    .output(z.object({ ids: z.array(z.string()), total: z.number() }))
    .query(({ ctx, input }) => listHoldIds(ctx.deps.db, input)),

  approve: procedure
    .input(decision)
    .output(decided)
    .mutation(({ ctx, input }) => approveHolds(ctx.deps.db, ctx.principal, input)),

  reject: procedure
    .input(decision)
    .output(decided)
    .mutation(({ ctx, input }) => rejectHolds(ctx.deps.db, ctx.principal, input)),

  /** Decides all that a filter lets through, or those that are named; a dry run says which prices in force would move. */
  decideMany: procedure
    .input(
      z
        .object({
          filter: holdFilter.optional(),
          ids: holdIds.optional(),
          decision: z.enum(DECISIONS),
          reason,
          dryRun: z.boolean().default(false),
        })
        .refine((input) => (input.filter === undefined) !== (input.ids === undefined), "Give a filter, or ids"),
    )
    .output(decisionOutcome)
    .mutation(({ ctx, input: { ids: named, filter = { ids: named }, ...how } }) =>
      decideHolds(ctx.deps.db, ctx.principal, { filter, ...how }),
    ),

  /** Takes one decision back, as long as the price has not moved since. */
  undo: procedure
    .input(z.object({ holdId: id, reason }))
    .output(z.object({ reopened: z.number() }))
    .mutation(({ ctx, input }) => undoDecision(ctx.deps.db, ctx.principal, input)),

  /** Takes decisions back. */
  reopen: procedure
    .input(z.object({ ids: holdIds, reason }))
    .output(z.object({ reopened: z.number() }))
    .mutation(({ ctx, input }) => reopenHolds(ctx.deps.db, ctx.principal, input)),
});
