import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "#/api/router.ts";
import { holdFilterOf, type ReviewFilters } from "#/ui/review/review-filters.model.ts";

const HOLDS_A_PAGE = 50;

/** The holds that the filters let through, the worst first. The server asks for the first page in the same words. */
export function holdPages(trpc: TRPCOptionsProxy<AppRouter>, filters: ReviewFilters) {
  return trpc.review.list.infiniteQueryOptions(
    { filter: holdFilterOf(filters), limit: HOLDS_A_PAGE },
    { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
  );
}

/** One hold, for who opens it by its address and for what others ask by now. */
export function oneHold(trpc: TRPCOptionsProxy<AppRouter>, id: string) {
  return trpc.review.list.queryOptions({ filter: { ids: [id] }, limit: 1 });
}
