import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { deliveryPages } from "#/ui/webhooks/delivery-pages.ts";
import { OperationsScreen } from "#/ui/operations/operations-screen.tsx";

export const metadata: Metadata = { title: "Operations" };

export default function OperationsPage() {
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(trpc.lock.status.queryOptions()),
        queries.fetchQuery(trpc.lock.workers.queryOptions()),
        queries.fetchQuery(trpc.lock.history.queryOptions({ limit: 10 })),
        queries.fetchQuery(trpc.syncs.deadLetters.queryOptions({ limit: 50 })),
        queries.fetchQuery(trpc.alerts.current.queryOptions()),
        queries.fetchInfiniteQuery(deliveryPages(trpc)),
        queries.fetchQuery(trpc.syncs.active.queryOptions()),
        queries.fetchQuery(trpc.syncs.queueStats.queryOptions({ hours: 24 })),
      ]}
    >
      <OperationsScreen />
    </Prefetched>
  );
}
