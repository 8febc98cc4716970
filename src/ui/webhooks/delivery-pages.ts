import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "#/api/router.ts";

/** The log of deliveries, page by page, the newest first. The server asks for the first page in the same way. */
export function deliveryPages(trpc: TRPCOptionsProxy<AppRouter>) {
  return trpc.alerts.deliveries.infiniteQueryOptions(
    { limit: 25 },
    { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
  );
}
