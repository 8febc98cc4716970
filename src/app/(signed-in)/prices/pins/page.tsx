import type { Metadata } from "next";
import { readQuery, type WithQuery } from "#/ui/address/read-query.ts";
import { PinsScreen } from "#/ui/pins/pins-screen.tsx";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";

export const metadata: Metadata = { title: "Pins" };

export default async function PinsPage({ searchParams }: WithQuery) {
  const search = (await readQuery(searchParams)).get("q") ?? "";
  return (
    <Prefetched
      load={(trpc, queries) => [queries.fetchQuery(trpc.prices.pins.queryOptions(search === "" ? {} : { search }))]}
    >
      <PinsScreen />
    </Prefetched>
  );
}
