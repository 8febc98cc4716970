import type { Metadata } from "next";
import { readQuery, type WithQuery } from "#/ui/address/read-query.ts";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { firstRowsInput, readFilters } from "#/ui/prices/model-filters.model.ts";
import { PricesScreen } from "#/ui/prices/prices-screen.tsx";

export const metadata: Metadata = { title: "Prices" };

/** The page comes with its first rows; the whole table follows, and stays in the browser. */
export default async function PricesPage({ searchParams }: WithQuery) {
  const query = await readQuery(searchParams);
  return (
    <Prefetched
      load={(trpc, queries) =>
        // In another order the first rows are known only once all are there.
        query.has("sort")
          ? []
          : [queries.fetchQuery(trpc.prices.firstRows.queryOptions(firstRowsInput(readFilters(query))))]
      }
    >
      <PricesScreen />
    </Prefetched>
  );
}
