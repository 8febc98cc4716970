import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { loadDesk } from "#/ui/review/hold-queries.ts";
import { readHoldId, readReviewFilters } from "#/ui/review/review-filters.model.ts";
import { ReviewScreen } from "#/ui/review/review-screen.tsx";

export const metadata: Metadata = { title: "Review" };

type Props = Readonly<{ searchParams: Promise<Record<string, string | string[] | undefined>> }>;

export default async function ReviewPage({ searchParams }: Props) {
  const query = new Map(Object.entries(await searchParams).map(([name, value]) => [name, String(value)]));
  const address = { get: (name: string) => query.get(name) ?? null };
  const filters = readReviewFilters(address);
  return (
    <Prefetched load={(trpc, queries) => [loadDesk(trpc, queries, filters, readHoldId(address))]}>
      <ReviewScreen />
    </Prefetched>
  );
}
