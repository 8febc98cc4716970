import { z } from "zod";
import { readPast } from "#/api/read-past.ts";
import { procedure, router } from "#/api/trpc.ts";
import { addSpelling, spellingInput, spellingOutcome } from "#/book/add-spelling.ts";
import { diffRates, rateDifference } from "#/book/diff-rates.ts";
import { listFactWords } from "#/book/facts-of-rates.ts";
import { effectivePrice, getPrice, pinOutput, pricedOffer } from "#/book/get-price.ts";
import { importPins, pinImport } from "#/book/import-pins.ts";
import { listConflicts, priceConflict } from "#/book/list-conflicts.ts";
import { quoteUsage, usageQuotes, type UsageLine } from "#/book/quote-usage.ts";
import { listSellers, sellerView } from "#/book/list-sellers.ts";
import { listPins, pinView } from "#/book/list-pins.ts";
import { clearPin, pinInput, pinTarget, setPin } from "#/book/set-pin.ts";
import { importUsage, setUsage, usageLine } from "#/book/set-usage.ts";
import { historyEntry, listHistory } from "#/book/list-history.ts";
import { countDailyChanges, dailyChanges, listRateChanges, rateChange } from "#/book/list-rate-changes.ts";
import { listRateHistory, rateHistoryEntry } from "#/book/list-rate-history.ts";
import { rateCheck, verifyRates } from "#/book/verify-rates.ts";
import { firstRates, listFirstRates, listPriceTable } from "#/book/list-price-table.ts";
import { listedRate, listPrices, priceFilter, rateMarks } from "#/book/list-prices.ts";
import { lastDays } from "#/terms/day-strip.ts";
import type { PriceTable } from "#/terms/price-table.ts";

const name = z.string().min(1).max(512);
const instant = z.iso.datetime({ offset: true, message: "an instant such as 2026-08-01T12:00:00Z" });

/** The compiler has seen it packed. To check 12,000 rows once more takes 80 ms, in which nobody else is answered. */
const packedTable = z.custom<PriceTable>();

export const pricesRouter = router({
  /** What a model cost at an instant, as known at an instant, and what every source said; amounts in USD per one unit. */
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
    .output(
      z.object({
        model: z.string(),
        at: z.string().nullable(),
        /** The version of the book that answers. */
        version: z.string(),
        /** What counts: pins first, then the sources in the order of rank. */
        effective: z.array(effectivePrice),
        /** What every source says. */
        offers: z.array(pricedOffer),
        pins: z.array(pinOutput),
      }),
    )
    .query(async ({ ctx, input }) => ({
      model: input.model,
      at: input.at ?? null,
      ...(await (input.at === undefined && input.knownAt === undefined
        ? getPrice(ctx.deps.db, input)
        : readPast(ctx.deps)((db) => getPrice(db, input)))),
    })),

  /** The prices in force, one row each, beside what every source lists. */
  list: procedure
    .input(
      priceFilter.extend({
        cursor: z.string().max(4_000).optional(),
        limit: z.int().min(1).max(500).default(100),
      }),
    )
    .output(
      z.object({
        rates: z.array(listedRate),
        total: z.number(),
        marks: rateMarks,
        nextCursor: z.string().nullable(),
      }),
    )
    .query(({ ctx, input }) => listPrices(ctx.deps.db, input)),

  /** All present rates as compact rows, to look through in a browser; or what has changed after a version. */
  table: procedure
    .input(
      z
        .object({
          after: z
            .string()
            .regex(/^\d{1,18}$/, "a version, such as 12")
            .optional(),
          /** `at` of the answer that the version is of. */
          seenAt: instant.optional(),
        })
        .default({}),
    )
    .output(packedTable)
    .query(({ ctx, input }) => listPriceTable(ctx.deps.db, input)),

  /** The first rows of that table under a filter: what a page shows until it has the whole table. */
  firstRows: procedure
    .input(firstRates)
    .output(packedTable)
    .query(({ ctx, input }) => listFirstRates(ctx.deps.db, input)),

  /**
   * What requests cost, each at its instant; a line that can't be read or priced says so in its answer. With `detail`, each quote has
   * `lines`, one for every meter. `POST /v1/quotes` takes ten times as many.
   */
  quote: procedure
    .input(z.object({ lines: z.array(z.custom<UsageLine>()).max(1_000), detail: z.boolean().optional() }))
    .output(usageQuotes)
    .query(({ ctx: { deps }, input: { lines, detail } }) =>
      quoteUsage(
        {
          db: deps.db,
          readPast: readPast(deps),
          findPresent: deps.findPresent,
          now: new Date().toISOString(),
          detail,
        },
        lines,
      ),
    ),

  /** The words that the facts beside prices use, to filter a list by. */
  factWords: procedure
    .output(z.object({ modes: z.array(z.string()), inputModalities: z.array(z.string()) }))
    .query(({ ctx }) => listFactWords(ctx.deps.db)),

  /** One model's prices in force over time: all that counted, or were announced. */
  history: procedure
    .input(
      z.object({
        model: name,
        seller: name.optional(),
        variant: name.optional(),
        limit: z.int().min(1).max(1_000).default(200),
      }),
    )
    .output(z.object({ entries: z.array(rateHistoryEntry) }))
    .query(async ({ ctx, input }) => ({ entries: await listRateHistory(ctx.deps.db, input) })),

  /** Prices in force that changed: by one job, or since an instant; the newest first. */
  changes: procedure
    .input(
      z
        .object({
          jobId: z.uuid().optional(),
          since: instant.optional(),
          limit: z.int().min(1).max(1_000).default(200),
        })
        .refine((input) => input.jobId !== undefined || input.since !== undefined, "Name a job or an instant"),
    )
    .output(z.object({ changes: z.array(rateChange) }))
    .query(async ({ ctx, input: { limit, ...which } }) => ({
      changes: await listRateChanges(ctx.deps.db, which, { limit }),
    })),

  /** How many prices in force came, changed and went, day by day, oldest first. */
  changesPerDay: procedure
    .input(lastDays)
    .output(z.object({ days: z.array(dailyChanges) }))
    .query(async ({ ctx, input }) => ({ days: await countDailyChanges(ctx.deps.db, input) })),

  sellers: procedure
    .output(z.object({ sellers: z.array(sellerView) }))
    .query(async ({ ctx }) => ({ sellers: await listSellers(ctx.deps.db) })),

  /** Says that a spelling of a source means a seller; its prices become that seller's. */
  addSpelling: procedure
    .input(spellingInput)
    .output(spellingOutcome)
    .mutation(({ ctx, input }) => addSpelling(ctx.deps.db, ctx.principal, input)),

  /** Works all rates out again, and answers what the book says otherwise. */
  verify: procedure.output(rateCheck).query(({ ctx, signal }) => verifyRates(ctx.deps.db, signal ?? ctx.deps.draining)),

  /** What sources said of one model over time, in force or not. */
  offerHistory: procedure
    .input(
      z.object({
        model: name,
        seller: name.optional(),
        variant: name.optional(),
        source: name.optional(),
        limit: z.int().min(1).max(1_000).default(200),
      }),
    )
    .output(z.object({ entries: z.array(historyEntry) }))
    .query(async ({ ctx, input }) => ({ entries: await listHistory(ctx.deps.db, input) })),

  /** What differs in the prices in force between two instants, each as it was known then. */
  diff: procedure
    .input(
      z.object({
        from: instant,
        to: instant.optional(),
        knownAt: instant.optional(),
        seller: name.optional(),
        limit: z.int().min(1).max(5_000).default(500),
      }),
    )
    .output(z.object({ differences: z.array(rateDifference), total: z.number() }))
    .query(({ ctx, input }) => readPast(ctx.deps)((db) => diffRates(db, input))),

  /** Same seller, same model, different sources: prices that are further apart than `overPercent`. */
  conflicts: procedure
    .input(
      z.object({
        overPercent: z.number().min(0).max(1_000_000).default(5),
        limit: z.int().min(1).max(5_000).default(500),
      }),
    )
    .output(z.object({ conflicts: z.array(priceConflict), total: z.number() }))
    .query(({ ctx, input }) => listConflicts(ctx.deps.db, input)),

  pins: procedure
    .input(z.object({ search: z.string().max(200).optional() }))
    .output(z.object({ pins: z.array(pinView) }))
    .query(async ({ ctx, input }) => ({ pins: await listPins(ctx.deps.db, input) })),

  setPin: procedure
    .input(pinInput)
    .output(z.object({ id: z.string() }))
    .mutation(({ ctx, input }) => setPin(ctx.deps.db, ctx.principal, input)),

  clearPin: procedure
    .input(pinTarget.extend({ reason: z.string().trim().min(3).max(500) }))
    .output(z.object({ cleared: z.number() }))
    .mutation(({ ctx, input }) => clearPin(ctx.deps.db, ctx.principal, input)),

  /** One pin per line of a CSV; a dry run answers the difference and writes nothing. */
  importPins: procedure
    .input(z.object({ csv: z.string().min(1).max(900_000), dryRun: z.boolean().default(false) }))
    .output(pinImport)
    .mutation(({ ctx, input }) => importPins(ctx.deps.db, ctx.principal, input)),

  /** Monthly usage, which turns changes of price into money. */
  setUsage: procedure
    .input(z.object({ lines: z.array(usageLine).min(1).max(10_000) }))
    .output(z.object({ written: z.number() }))
    .mutation(({ ctx, input }) => setUsage(ctx.deps.db, ctx.principal, input.lines)),

  importUsage: procedure
    .input(z.object({ csv: z.string().min(1).max(900_000) }))
    .output(z.object({ written: z.number() }))
    .mutation(({ ctx, input }) => importUsage(ctx.deps.db, ctx.principal, input.csv)),
});
