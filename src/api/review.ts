import { z } from "zod";
import { procedure, router } from "#/api/trpc.ts";
import { approveHolds, rejectHolds } from "#/book/decide-holds.ts";
import { holdFilter } from "#/book/hold-filter.ts";
import { countOpenHolds, holdCard, listHoldCards, listReviewedHolds, reviewedHold } from "#/book/list-holds.ts";
import { reopenHolds } from "#/book/reopen-holds.ts";

const reason = z.string().trim().min(3).max(500);
const decision = z.object({ filter: holdFilter, reason });
const decided = z.object({ decided: z.number() });

export const reviewRouter = router({
  /** Held prices, grouped as a person decides on them. */
  cards: procedure
    .input(z.object({ filter: holdFilter.default({}) }))
    .output(z.object({ cards: z.array(holdCard), open: z.number() }))
    .query(async ({ ctx, input }) => ({
      cards: await listHoldCards(ctx.deps.db, { state: "open", ...input.filter }),
      open: await countOpenHolds(ctx.deps.db),
    })),

  list: procedure
    .input(
      z.object({
        filter: holdFilter.default({}),
        limit: z.int().min(1).max(1_000).default(200),
        before: z
          .string()
          .regex(/^\d{1,19}$/)
          .optional(),
      }),
    )
    .output(z.object({ holds: z.array(reviewedHold) }))
    .query(async ({ ctx, input }) => ({ holds: await listReviewedHolds(ctx.deps.db, input) })),

  approve: procedure
    .input(decision)
    .output(decided)
    .mutation(({ ctx, input }) => approveHolds(ctx.deps.db, ctx.principal, input)),

  reject: procedure
    .input(decision)
    .output(decided)
    .mutation(({ ctx, input }) => rejectHolds(ctx.deps.db, ctx.principal, input)),

  /** Takes decisions back. */
  reopen: procedure
    .input(
      z.object({
        ids: z
          .array(z.string().regex(/^\d{1,19}$/))
          .min(1)
          .max(5_000),
        reason,
      }),
    )
    .output(z.object({ reopened: z.number() }))
    .mutation(({ ctx, input }) => reopenHolds(ctx.deps.db, ctx.principal, input)),
});
