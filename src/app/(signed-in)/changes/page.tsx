import type { Metadata } from "next";
import { ChangesScreen } from "#/ui/changes/changes-screen.tsx";
import { changesInput } from "#/ui/changes/period.model.ts";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";

export const metadata: Metadata = { title: "Changes" };

// The present of the server, from which the period without a start of its own is counted.
const presentMs = () => Date.now();

type Props = Readonly<{ searchParams: Promise<Record<string, string | string[] | undefined>> }>;

export default async function ChangesPage({ searchParams }: Props) {
  const query = new Map(Object.entries(await searchParams).map(([name, value]) => [name, String(value)]));
  const input = changesInput({ get: (name) => query.get(name) ?? null }, presentMs());
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(trpc.prices.diff.queryOptions(input))]}>
      <ChangesScreen />
    </Prefetched>
  );
}
