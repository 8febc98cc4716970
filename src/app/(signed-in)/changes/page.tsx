import type { Metadata } from "next";
import { readQuery, type WithQuery } from "#/ui/address/read-query.ts";
import { ChangesScreen } from "#/ui/changes/changes-screen.tsx";
import { changesInput } from "#/ui/changes/period.model.ts";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";

export const metadata: Metadata = { title: "Changes" };

// The present of the server, from which the period without a start of its own is counted.
const presentMs = () => Date.now();

export default async function ChangesPage({ searchParams }: WithQuery) {
  const input = changesInput(await readQuery(searchParams), presentMs());
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(trpc.prices.diff.queryOptions(input))]}>
      <ChangesScreen />
    </Prefetched>
  );
}
