import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "#/api/router.ts";
import { syncFilterOf, type SyncFilters } from "#/ui/syncs/sync-filters.model.ts";

const RUNS_A_PAGE = 50;

/** The list of runs that the filters let through, page by page. The server asks for the first page in the same words. */
export function runPages(trpc: TRPCOptionsProxy<AppRouter>, filters: SyncFilters) {
  return trpc.syncs.list.infiniteQueryOptions(
    { ...syncFilterOf(filters), limit: RUNS_A_PAGE },
    { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
  );
}
