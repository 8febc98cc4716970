import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { OverviewScreen } from "#/ui/overview/overview-screen.tsx";

export const metadata: Metadata = { title: "Overview" };

export default function OverviewPage() {
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(trpc.sources.list.queryOptions()),
        queries.fetchQuery(trpc.syncs.active.queryOptions()),
        queries.fetchQuery(trpc.syncs.list.queryOptions({ limit: 15 })),
        queries.fetchQuery(trpc.lock.status.queryOptions()),
        queries.fetchQuery(trpc.schedules.list.queryOptions()),
        // Refused to most readers, and then not shown to them either.
        queries.fetchQuery(trpc.access.keys.queryOptions()),
        queries.fetchQuery(trpc.prices.changesPerDay.queryOptions({ days: 30, timeZone: "UTC" })),
        queries.fetchQuery(trpc.syncs.strip.queryOptions({ days: 30, timeZone: "UTC" })),
      ]}
    >
      <OverviewScreen />
    </Prefetched>
  );
}
