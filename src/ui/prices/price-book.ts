import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { mergeTable, type PriceRow } from "#/terms/price-table.ts";
import { indexPrices, type SearchedRow } from "#/ui/prices/price-filter.model.ts";
import { useTRPCClient } from "#/ui/trpc.tsx";

type PriceBook = Readonly<{ version: string; rows: ReadonlyMap<string, PriceRow> }>;

/** Below the path of `prices`, so that whatever makes prices out of date makes the book ask for what has changed. */
const BOOK_KEY = [["prices", "table"], "book"] as const;

/** All present prices in memory. The first answer has all of them, later ones only what changed since. */
export function usePriceBook(): Readonly<{
  index: readonly SearchedRow[] | undefined;
  error: Error | null;
  retry: () => void;
}> {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: BOOK_KEY,
    queryFn: async ({ signal }): Promise<PriceBook> => {
      const known = queryClient.getQueryData<PriceBook>(BOOK_KEY);
      const table = await client.prices.table.query(known === undefined ? {} : { after: known.version }, { signal });
      return { version: table.version, rows: mergeTable(known?.rows ?? new Map(), table) };
    },
    staleTime: 30_000,
    structuralSharing: false,
  });
  const index = useMemo(() => data && indexPrices(data.rows.values()), [data]);
  return { index, error, retry: () => void refetch() };
}
