import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "#/api/router.ts";

const CHANGES_A_PAGE = 25;

/** What a run changed, page by page. The server asks for the first page in the same words. */
export function runChangePages(trpc: TRPCOptionsProxy<AppRouter>, jobId: string) {
  return trpc.syncs.changes.infiniteQueryOptions(
    { jobId, limit: CHANGES_A_PAGE },
    { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
  );
}

const HOLDS_SHOWN = 50;

/** Which holds a run's page shows: the worst ones that the run brought. */
export function runHolds(jobId: string) {
  return { filter: { jobId }, limit: HOLDS_SHOWN } as const;
}
