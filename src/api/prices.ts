import { z } from "zod";
import { procedure, router } from "#/api/trpc.ts";
import { getPrice, pricedOffer } from "#/book/get-price.ts";
import { historyEntry, listHistory } from "#/book/list-history.ts";
import { listedOffer, listPrices } from "#/book/list-prices.ts";
import { OFFER_STATES } from "#/price/offer.ts";

const name = z.string().min(1).max(512);
const instant = z.iso.datetime({ offset: true, message: "an instant such as 2026-08-01T12:00:00Z" });

export const pricesRouter = router({
  /** What every source says a model cost at an instant, as known at an instant; amounts in USD per one unit. */
  get: procedure
    .input(
      z.object({
        model: name,
        seller: name.optional(),
        source: name.optional(),
        variant: name.optional(),
        at: instant.optional(),
        knownAt: instant.optional(),
      }),
    )
    .output(z.object({ model: z.string(), at: z.string().nullable(), offers: z.array(pricedOffer) }))
    .query(async ({ ctx, input }) => ({
      model: input.model,
      at: input.at ?? null,
      offers: await getPrice(ctx.deps.db, input),
    })),

  list: procedure
    .input(
      z.object({
        search: z.string().max(200).optional(),
        source: name.optional(),
        seller: name.optional(),
        state: z.enum(OFFER_STATES).optional(),
        cursor: z.string().max(4_000).optional(),
        limit: z.int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ offers: z.array(listedOffer), total: z.number(), nextCursor: z.string().nullable() }))
    .query(({ ctx, input }) => listPrices(ctx.deps.db, input)),

  history: procedure
    .input(
      z
        .object({
          model: name.optional(),
          seller: name.optional(),
          variant: name.optional(),
          source: name.optional(),
          jobId: z.uuid().optional(),
          limit: z.int().min(1).max(1_000).default(200),
        })
        .refine((input) => input.model !== undefined || input.jobId !== undefined, "Name a model or a job"),
    )
    .output(z.object({ entries: z.array(historyEntry) }))
    .query(async ({ ctx, input }) => ({ entries: await listHistory(ctx.deps.db, input) })),
});
