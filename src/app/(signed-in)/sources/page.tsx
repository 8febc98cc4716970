import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { SourcesScreen } from "#/ui/sources/sources-screen.tsx";

export const metadata: Metadata = { title: "Sources" };

export default function SourcesPage() {
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(trpc.sources.list.queryOptions()),
        queries.fetchQuery(trpc.sources.days.queryOptions({ days: 30, timeZone: "UTC" })),
        queries.fetchQuery(trpc.schedules.list.queryOptions()),
      ]}
    >
      <SourcesScreen />
    </Prefetched>
  );
}
