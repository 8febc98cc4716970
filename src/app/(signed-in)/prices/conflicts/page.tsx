import type { Metadata } from "next";
import { readQuery, type WithQuery } from "#/ui/address/read-query.ts";
import { ConflictsScreen } from "#/ui/conflicts/conflicts-screen.tsx";
import { conflictsOver, readOver } from "#/ui/conflicts/conflicts-over.ts";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";

export const metadata: Metadata = { title: "Conflicts" };

export default async function ConflictsPage({ searchParams }: WithQuery) {
  const over = readOver((await readQuery(searchParams)).get("over"));
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(conflictsOver(trpc, over))]}>
      <ConflictsScreen />
    </Prefetched>
  );
}
