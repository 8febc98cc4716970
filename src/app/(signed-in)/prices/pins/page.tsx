import type { Metadata } from "next";
import { PinsScreen } from "#/ui/pins/pins-screen.tsx";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";

export const metadata: Metadata = { title: "Pins" };

type Props = Readonly<{ searchParams: Promise<Record<string, string | string[] | undefined>> }>;

export default async function PinsPage({ searchParams }: Props) {
  const { q } = await searchParams;
  const search = typeof q === "string" ? q : "";
  return (
    <Prefetched
      load={(trpc, queries) => [queries.fetchQuery(trpc.prices.pins.queryOptions(search === "" ? {} : { search }))]}
    >
      <PinsScreen />
    </Prefetched>
  );
}
