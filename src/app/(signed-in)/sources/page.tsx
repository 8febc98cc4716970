import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { SourcesScreen } from "#/ui/sources/sources-screen.tsx";

export const metadata: Metadata = { title: "Sources" };

export default function SourcesPage() {
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(trpc.sources.list.queryOptions())]}>
      <SourcesScreen />
    </Prefetched>
  );
}
