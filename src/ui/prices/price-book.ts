import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { readRow, type PriceRow } from "#/terms/price-table.ts";
import { firstRowsInput, type ModelFilters } from "#/ui/prices/model-filters.model.ts";
import { readPriceBook, type PriceBook } from "#/ui/prices/price-book.model.ts";
import { useTRPC, useTRPCClient } from "#/ui/trpc.tsx";

/** Below the path of `prices`, so that whatever makes prices out of date makes the book ask for what has changed. */
const BOOK_KEY = [["prices", "table"], "book"] as const;

/** All present prices in memory. The first answer has all of them, later ones only what changed since. */
export function usePriceBook(): Readonly<{
  book: PriceBook | undefined;
  error: Error | null;
  retry: () => void;
}> {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: BOOK_KEY,
    queryFn: async ({ signal }): Promise<PriceBook> => {
      const known = queryClient.getQueryData<PriceBook>(BOOK_KEY);
      const table = await client.prices.table.query(known && { after: known.version, seenAt: known.at }, { signal });
      return readPriceBook(known, table, nextTask);
    },
    staleTime: 30_000,
    structuralSharing: false,
  });
  return { book: data, error, retry: () => void refetch() };
}

/** The first rows under the filters of the address, which the server put into the page; undefined where it did not. */
export function useFirstRows(filters: ModelFilters): readonly PriceRow[] | undefined {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.prices.firstRows.queryOptions(firstRowsInput(filters), { enabled: false }));
  return useMemo(() => data?.rows.map((packed) => readRow(packed, data)), [data]);
}

/** Lets the browser draw and listen before more is done. */
async function nextTask(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
