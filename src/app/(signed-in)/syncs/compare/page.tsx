import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { CompareScreen } from "#/ui/run/compare/compare-screen.tsx";

export const metadata: Metadata = { title: "Compare two runs" };

type Props = Readonly<{ searchParams: Promise<Record<string, string | string[] | undefined>> }>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export default async function ComparePage({ searchParams }: Props) {
  const { a, b } = await searchParams;
  if (typeof a !== "string" || typeof b !== "string" || !UUID.test(a) || !UUID.test(b)) notFound();
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(trpc.syncs.compare.queryOptions({ a, b }))]}>
      <CompareScreen a={a} b={b} />
    </Prefetched>
  );
}
