import type { Metadata } from "next";
import { readQuery, type WithQuery } from "#/ui/address/read-query.ts";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { loadDesk } from "#/ui/review/hold-queries.ts";
import { readHoldId, readReviewFilters } from "#/ui/review/review-filters.model.ts";
import { ReviewScreen } from "#/ui/review/review-screen.tsx";

export const metadata: Metadata = { title: "Review" };

export default async function ReviewPage({ searchParams }: WithQuery) {
  const query = await readQuery(searchParams);
  const filters = readReviewFilters(query);
  return (
    <Prefetched load={(trpc, queries) => [loadDesk(trpc, queries, filters, readHoldId(query))]}>
      <ReviewScreen />
    </Prefetched>
  );
}
