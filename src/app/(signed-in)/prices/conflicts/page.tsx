import type { Metadata } from "next";
import { ConflictsScreen } from "#/ui/conflicts/conflicts-screen.tsx";
import { conflictsOver, readOver } from "#/ui/conflicts/conflicts-over.ts";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";

export const metadata: Metadata = { title: "Conflicts" };

type Props = Readonly<{ searchParams: Promise<Record<string, string | string[] | undefined>> }>;

export default async function ConflictsPage({ searchParams }: Props) {
  const { over } = await searchParams;
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(conflictsOver(trpc, readOver(typeof over === "string" ? over : null))),
      ]}
    >
      <ConflictsScreen />
    </Prefetched>
  );
}
