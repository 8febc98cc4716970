import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { readSyncFilters, runFilterOf } from "#/ui/syncs/sync-filters.model.ts";
import { runPages } from "#/ui/syncs/run-pages.ts";
import { SyncsScreen } from "#/ui/syncs/syncs-screen.tsx";

export const metadata: Metadata = { title: "Syncs" };

type Props = Readonly<{ searchParams: Promise<Record<string, string | string[] | undefined>> }>;

export default async function SyncsPage({ searchParams }: Props) {
  const query = new Map(Object.entries(await searchParams).map(([name, value]) => [name, String(value)]));
  const filters = readSyncFilters({ get: (name) => query.get(name) ?? null });
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
