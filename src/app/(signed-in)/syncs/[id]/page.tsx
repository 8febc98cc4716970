import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { runChangePages, runHolds } from "#/ui/run/run-queries.ts";
import { RunScreen } from "#/ui/run/run-screen.tsx";

type Props = Readonly<{ params: Promise<{ id: string }> }>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  return { title: `Sync ${id.slice(0, 8)}` };
}

export default async function RunPage({ params }: Props) {
  const { id } = await params;
  if (!UUID.test(id)) notFound();
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(trpc.syncs.get.queryOptions({ jobId: id })),
        queries.fetchQuery(trpc.syncs.timeline.queryOptions({ jobId: id })),
        queries.fetchInfiniteQuery(runChangePages(trpc, id)),
        queries.fetchQuery(trpc.review.list.queryOptions(runHolds(id))),
      ]}
    >
      <RunScreen key={id} jobId={id} />
    </Prefetched>
  );
}
