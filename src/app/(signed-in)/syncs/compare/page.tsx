import type { Metadata } from "next";
import { readQuery, type WithQuery } from "#/ui/address/read-query.ts";
import { notFound } from "next/navigation";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { CompareScreen } from "#/ui/run/compare/compare-screen.tsx";

export const metadata: Metadata = { title: "Compare two runs" };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export default async function ComparePage({ searchParams }: WithQuery) {
  const query = await readQuery(searchParams);
  const [a, b] = [query.get("a"), query.get("b")];
  if (a === null || b === null || !UUID.test(a) || !UUID.test(b)) notFound();
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(trpc.syncs.compare.queryOptions({ a, b }))]}>
      <CompareScreen a={a} b={b} />
    </Prefetched>
  );
}
