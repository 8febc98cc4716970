import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { SourcePage } from "#/ui/sources/source-page.tsx";

type Props = Readonly<{ params: Promise<{ name: string }> }>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function Page({ params }: Props) {
  const name = decodeURIComponent((await params).name);
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(trpc.sources.list.queryOptions()).then(async ({ sources }) => {
          const { kind } = sources.find((source) => source.name === name) ?? notFound();
          return queries.fetchQuery(trpc.sources.kind.queryOptions({ kind }));
        }),
        queries.fetchQuery(trpc.schedules.list.queryOptions()),
      ]}
    >
      <SourcePage name={name} />
    </Prefetched>
  );
}
