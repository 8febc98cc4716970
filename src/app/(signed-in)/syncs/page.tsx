import type { Metadata } from "next";
import { readQuery, type WithQuery } from "#/ui/address/read-query.ts";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { readSyncFilters, runFilterOf } from "#/ui/syncs/sync-filters.model.ts";
import { runPages } from "#/ui/syncs/run-pages.ts";
import { SyncsScreen } from "#/ui/syncs/syncs-screen.tsx";

export const metadata: Metadata = { title: "Syncs" };

export default async function SyncsPage({ searchParams }: WithQuery) {
  const filters = readSyncFilters(await readQuery(searchParams));
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchInfiniteQuery(runPages(trpc, filters)),
        queries.fetchQuery(trpc.syncs.strip.queryOptions({ ...runFilterOf(filters), days: 30, timeZone: "UTC" })),
        queries.fetchQuery(trpc.sources.list.queryOptions()),
      ]}
    >
      <SyncsScreen />
    </Prefetched>
  );
}
